"""What a business has just changed elsewhere holds for the next act: what decides about money or
safety is read with the act, whatever this process still keeps of the business."""

from typing import Any

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.identity import models as identity
from counterfoil.flows.pay_invoices import PrepaymentsOff, start
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.businesses import AT
from factories.keeping import keep_method
from factories.payments import command
from ledger_text import counts
from surfaces.portal.amounts.test_amounts import fields, left, shown
from surfaces.portal.doors.test_asks_first import ASKS, form_to_plan, grow_old, plans

BEFORE: dict[str, Any] = {"part_floor": 1, "takes_prepayments": True, "step_up_over": 5_000}


@pytest.fixture
def elsewhere(business: Any, gateway: Any, alice: Any) -> Any:
    """Changes settings as another process does, while this one keeps them as they were."""
    businesses.change(business, BEFORE)
    HOSTS.forget()
    alice.get("/")

    def changed(**settings: Any) -> None:
        businesses.change(business, settings)

    return changed


def test_the_least_part_is_that_of_now(
    elsewhere: Any, alice: Any, business: Any, issued: Any
) -> None:
    invoice = issued()
    before = counts(business)
    page = f"/pay?invoice={invoice.number}&amount=20.00"
    sent = fields(shown(alice.get(page)))
    elsewhere(part_floor=50)
    answer = alice.post(
        page,
        {**sent, "source": "ok", "note": "half"},
        headers={"accept": "application/json"},
    )
    assert (answer.status_code, left(business, invoice)) == (422, [10_000])
    assert "50.00" in answer.json()["words"][0]
    assert counts(business) == before
    assert "50.00" in shown(alice.get(page))  # the page that comes next knows it, too


def test_no_money_is_taken_ahead_once_that_is_off(
    elsewhere: Any, alice: Any, business: Any, gateway: Any
) -> None:
    page = "/pay?ahead=1&currency=EUR&amount=20.00"
    sent = fields(shown(alice.get(page)))
    before = counts(business)
    elsewhere(takes_prepayments=False)
    answer = alice.post(page, {**sent, "source": "ok"}, headers={"accept": "application/json"})
    assert answer.json() == {"go": "/"}
    assert "takes no payments ahead any more" in shown(alice.get("/"))
    assert (gateway.charges, counts(business)) == ([], before)
    assert alice.get(page).status_code == 404


def test_who_is_held_to_nothing_pays_ahead_all_the_same(
    elsewhere: Any, business: Any, customer: Any, gateway: Any
) -> None:
    elsewhere(takes_prepayments=False)
    staffs = command(customer, amount_minor=2_000)
    assert start(business, staffs, by=SYSTEM, at=AT).state == "succeeded"
    with pytest.raises(PrepaymentsOff):
        start(business, command(customer, amount_minor=2_000, is_held=True), by=SYSTEM, at=AT)
    assert len(gateway.charges) == 1


def test_the_sum_from_which_we_ask_is_that_of_now(
    elsewhere: Any, alice: Any, business: Any, customer: Any, issued: Any
) -> None:
    invoice = issued()
    method = keep_method(business, customer)
    html = shown(alice.get(f"/invoices/{invoice.number}"))
    grow_old(alice)
    elsewhere(step_up_over=50)
    sent = {**fields(html), "way": encode("pm", method)}
    assert alice.post(f"/invoices/{invoice.number}/pay", sent)["Location"] == ASKS
    assert left(business, invoice) == [10_000]


def test_the_sum_of_now_is_asked_about_for_a_day_to_come(
    elsewhere: Any, alice: Any, business: Any, customer: Any, issued: Any
) -> None:
    form = form_to_plan(alice, issued(), keep_method(business, customer))
    grow_old(alice)
    elsewhere(step_up_over=50)
    assert alice.post("/planned/", form)["Location"] == ASKS
    assert plans(business, customer) == []


def test_nobody_is_let_in_once_asking_for_access_is_off(
    elsewhere: Any, business: Any, portal: Any
) -> None:
    stranger = portal()
    assert stranger.get("/register/").status_code == 200
    elsewhere(takes_registrations=False)
    typed = {"email": "new@example.com", "name": "New", "number": "", "code": ""}
    assert stranger.post("/register/", typed).status_code == 404
    with reading(business):
        assert not identity.User.objects.filter(email="new@example.com").exists()
