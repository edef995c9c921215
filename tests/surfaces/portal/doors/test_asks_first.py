"""Paying by something saved asks who it is, on a new device or for much money; doing it on another
day, or typing any card that is good, is no way round."""

import re
from datetime import timedelta
from typing import Any

import pytest

from counterfoil.domain.arrangements import queries
from counterfoil.domain.business import operations
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.keeping import keep_method
from factories.outside.devices import show_proof, use_known_device

ASKS = "/security/confirm/"
ASKED = re.compile(r'name="asked" value="([0-9a-f]+)"')
PASSWORD = "a password for tests"


def days(count: int) -> str:
    return (clock.now() + timedelta(days=count)).date().isoformat()


def form_to_plan(browser: Any, invoice: Any, method: Any) -> dict[str, Any]:
    html = browser.get(f"/invoices/{invoice.number}").content.decode()
    form = re.search(r'<form[^>]*action="/planned/".*?</form>', html, re.DOTALL)
    assert form is not None
    found = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form.group()))
    return {**found, "way": encode("pm", method), "pay_date": days(5)}


def plans(business: Any, customer: Any) -> list[Any]:
    with reading(business):
        return queries.schedules_of(business, customer)


def user_of_alice() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(email="alice@example.com")


def grow_old(browser: Any) -> None:
    """Nobody has proved anything in this session lately."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "code", "at": 0}]
    session.save()


@pytest.fixture
def saved(business: Any, customer: Any, gateway: Any) -> Any:
    return keep_method(business, customer)


@pytest.fixture
def thief(alice: Any, portal: Any) -> Any:
    """Another device, on which Alice's password was typed, and nothing more."""
    user, browser = user_of_alice(), portal()
    user.set_password(PASSWORD)
    user.save()
    alice.force_login(user)  # another password has ended the session
    show_proof(alice, user)
    browser.force_login(user)
    use_known_device(browser, user, proved=False)
    show_proof(browser, user, "password")
    return browser


def test_a_new_device_plans_nothing_before_a_proof(
    thief: Any, alice: Any, business: Any, customer: Any, issued: Any, saved: Any
) -> None:
    invoice = issued()
    form = form_to_plan(thief, invoice, saved)
    answer = thief.post("/planned/", form)
    assert answer["Location"] == ASKS
    assert "The first payment with a saved method on this device" in (
        thief.get(ASKS).content.decode()
    )
    assert plans(business, customer) == []
    alice.post("/planned/", form_to_plan(alice, invoice, saved))
    assert len(plans(business, customer)) == 1


def test_a_new_device_moves_no_plan_and_pays_it_by_nothing_saved(
    thief: Any, alice: Any, business: Any, customer: Any, issued: Any, saved: Any
) -> None:
    path = alice.post("/planned/", form_to_plan(alice, issued(), saved))["Location"]
    before = plans(business, customer)
    assert thief.post(path, {"pay_date": days(1)})["Location"] == ASKS
    other = keep_method(business, customer, "other")
    way = {"way": encode("pm", other), "form_key": "k"}
    assert thief.post(f"{path}/way", way)["Location"] == ASKS
    assert plans(business, customer) == before
    assert thief.post(f"{path}/cancel").status_code == 302  # takes nothing from anybody
    assert plans(business, customer) == []


def test_a_large_sum_is_asked_about_when_it_is_planned_and_goes_on_after_the_proof(
    alice: Any, business: Any, customer: Any, issued: Any, saved: Any
) -> None:
    user = user_of_alice()
    user.set_password(PASSWORD)
    user.save()
    alice.force_login(user)
    operations.change(business, {"step_up_over": 50})
    HOSTS.forget()
    form = form_to_plan(alice, issued(), saved)
    grow_old(alice)
    assert alice.post("/planned/", form)["Location"] == ASKS
    assert plans(business, customer) == []
    asked = ASKED.search(alice.get(ASKS).content.decode())
    assert asked is not None
    proof = {"by": "password", "password": PASSWORD, "asked": asked[1]}
    path = alice.post(ASKS, proof)["Location"]
    assert [one.pay_date.isoformat() for one in plans(business, customer)] == [days(5)]
    grow_old(alice)
    assert alice.post(path, {"pay_date": days(9)})["Location"] == ASKS
    assert [one.pay_date.isoformat() for one in plans(business, customer)] == [days(5)]


def test_a_good_card_that_is_typed_opens_nothing_that_is_saved(
    thief: Any, issued: Any, saved: Any, gateway: Any
) -> None:
    first, second = issued(), issued()
    paid = thief.post(f"/invoices/{first.number}/pay", {"form_key": "a", "source": "ok"})
    assert "/payments/" in paid["Location"]
    way = encode("pm", saved)
    answer = thief.post(f"/invoices/{second.number}/pay", {"form_key": "b", "way": way})
    assert answer["Location"] == ASKS
    assert len(gateway.charges) == 1
