"""Planning at the portal: seen on the invoice and at home, changed and cancelled in two clicks."""

import re
from datetime import date, timedelta

import pytest

from counterfoil.domain.arrangements import queries
from counterfoil.flows.arrangements import run_schedules
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.ui.formatting import day_short
from factories.invoices import issued_invoice, line
from factories.keeping import keep_method
from factories.statements import counted


def fields(html):
    """The hidden fields of the form that plans."""
    form = re.search(r'<form[^>]*action="/planned/".*?</form>', html, re.DOTALL).group()
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    way = re.search(r'name="way" value="([^"]+)" checked', form)
    parts = [value for name, value in found if name == "part"]
    rest = {name: value for name, value in found if name != "part"}
    return {**rest, "part": parts, "way": way.group(1)}


def days(count):
    return (clock.now() + timedelta(days=count)).date().isoformat()


def plans(business, customer):
    with reading(business):
        return queries.schedules_of(business, customer)


@pytest.fixture
def saved(business, customer, gateway):
    return keep_method(business, customer)


@pytest.fixture
def planned(alice, business, customer, issued, saved):
    """An invoice that Alice has planned to pay in five days, from its page."""
    invoice = issued()
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    answer = alice.post("/planned/", fields(page) | {"pay_date": days(5)})
    return invoice, answer["Location"]


def test_it_is_seen_on_the_invoice_and_at_home(alice, planned, business, customer):
    invoice, path = planned
    assert plans(business, customer)[0].amount.minor == invoice.total_minor

    for page in (f"/invoices/{invoice.number}", "/"):
        html = alice.get(page).content.decode()
        assert "will be paid on" in html
        assert path in html
    assert "will be paid on" not in alice.get("/invoices/").content.decode()


def test_it_can_still_be_paid_by_hand(alice, planned, gateway):
    html = alice.get(f"/invoices/{planned[0].number}").content.decode()

    assert "data-pay-button" in html
    assert "Pay on another day" not in html  # it is in a plan


def test_who_pays_everything_is_told_what_is_planned_and_that_nothing_is_charged_twice(
    alice, planned, issued, gateway
):
    other = issued()
    html = alice.get("/pay?currency=EUR").content.decode()
    pieces = re.findall(r"<li>.*?</li>", html, re.DOTALL)
    told = [one for one in pieces if "what you pay now is not charged again then" in one]

    assert len(told) == 1
    assert planned[0].number in re.sub(r"<[^>]+>", "", told[0])
    assert other.number in html
    assert "Pay on another day" not in html  # one of them is in a plan


def test_no_form_pays_under_the_key_of_a_plan(alice, planned, business, customer, issued, gateway):
    """The plan would take that payment for its own, and charge nothing on its day."""
    (plan,) = plans(business, customer)
    key, other = f"schedule:{plan.id}:{plan.pay_date}", issued()
    form = {"form_key": key, "source": "ok", "currency": "EUR", "total": "10000"}
    alice.post(f"/invoices/{other.number}/pay", form)
    alice.post("/pay?currency=EUR", form | {"part": f"10000:{other.number}"})
    assert gateway.charges == []

    assert run_schedules.tick(business, at=plan.runs_at) == 1
    assert [one.amount.minor for one in gateway.charges] == [planned[0].total_minor]


def test_changed_and_cancelled_in_two_clicks(alice, planned, business, customer):
    _invoice, path = planned
    page = alice.get(path).content.decode()  # the first click, on Change or cancel
    assert f'action="{path}"' in page
    assert f'action="{path}/cancel"' in page
    assert "To be paid with" in page
    assert "Paid with" not in page

    alice.post(path, {"pay_date": days(9)})
    assert plans(business, customer)[0].pay_date.isoformat() == days(9)
    alice.post(f"{path}/cancel")

    assert plans(business, customer) == []
    assert "cancelled" in alice.get(path).content.decode()


@pytest.mark.parametrize("day", ["", "tomorrow", "0", "2020-01-01", "2999-01-01"])
def test_a_bad_day_is_refused_and_nothing_is_changed(alice, planned, business, customer, day):
    _invoice, path = planned
    answer = alice.post(path, {"pay_date": day})

    assert answer.status_code == 422
    assert plans(business, customer)[0].pay_date.isoformat() == days(5)


def test_several_and_parts_from_the_confirm_page(alice, business, customer, issued, saved):
    one, two = issued(), issued()
    address = f"/pay?invoice={one.number}&invoice={two.number}&amount.{one.number}=60.00"
    html = alice.get(address).content.decode()

    alice.post("/planned/", fields(html) | {"pay_date": days(2)})

    plan = plans(business, customer)[0]
    assert sorted(minor for _, minor in plan.due_parts) == [6_000, two.total_minor]


def test_without_anything_saved_it_says_what_is_needed(alice, issued, gateway):
    html = alice.get(f"/invoices/{issued().number}").content.decode()

    assert "Pay on another day" in html
    assert "has to be saved first" in html


def test_who_may_not_save_is_told_what_they_can_do_instead(
    alice, business, customer, issued, gateway
):
    run(
        business,
        lambda: execute(
            """UPDATE customers_contact SET rights = '["see", "pay", "statements"]'
            WHERE business_id = %(b)s::uuid""",
            {"b": business},
        ),
    )
    html = alice.get(f"/invoices/{issued().number}").content.decode()

    assert "has to be saved first" not in html
    assert "You can’t save anything yourself: pay now" in html
    assert "/methods/" not in html


def test_a_guest_plans_nothing(portal, link, issued, saved):
    html = portal().get(link(issued())).content.decode()

    assert "Pay on another day" not in html
    assert portal().post("/planned/", {}).status_code == 302


def test_what_is_forged_is_not_found(alice, business, customer, other_customer, issued, saved):
    from factories.invoices import issued_invoice

    invoice, theirs = issued(), issued_invoice(business, other_customer)
    good = fields(alice.get(f"/invoices/{invoice.number}").content.decode())
    good["pay_date"] = days(3)

    for change in (
        {"part": [f"100:{theirs.number}"]},
        {"part": ["x"]},
        {"form_key": ""},
        {"way": "pm_1"},
    ):
        assert alice.post("/planned/", good | change).status_code == 404
    strangers = encode("pm", keep_method(business, other_customer, "slow"))
    assert alice.post("/planned/", good | {"way": strangers}).status_code == 302
    assert plans(business, customer) == []


def test_another_customers_plan_is_not_found(planned, business, other_customer, portal):
    from django.contrib.auth import get_user_model

    from counterfoil.domain.identity import operations as identity

    bob = portal()
    user = get_user_model().objects.get(id=identity.make_user("bob@example.com", name="Bob"))
    bob.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert bob.get(planned[1]).status_code == 404
    assert bob.post(planned[1], {"pay_date": days(7)}).status_code == 404
    assert bob.post(f"{planned[1]}/cancel").status_code == 404


def test_queries_of_its_page(alice, planned):
    alice.get(planned[1])

    with counted() as found:
        alice.get(planned[1])

    assert found.count == 4, found.statements  # one of them: what else could pay it


def text(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def due_soon(alice, business, customer, saved):
    """An invoice that is due in eight days, which Alice has planned to pay in five."""
    due = (clock.now() + timedelta(days=8)).date()
    invoice = issued_invoice(business, customer, line("40"), due=due, at=clock.now())
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    return page, alice.post("/planned/", fields(page) | {"pay_date": days(5)})["Location"]


def test_who_moves_it_past_the_day_it_is_due_is_asked_and_not_refused(
    alice, due_soon, business, customer
):
    _page, path = due_soon
    late = {"pay_date": days(9)}
    said = f"This is after the invoice is due ({day_short(date.fromisoformat(days(8)))})."
    assert said not in text(alice.get(path))

    asked = alice.post(path, late)

    assert (asked.status_code, said in text(asked)) == (200, True)
    assert f'value="{days(9)}"' in text(asked)
    assert "Save this day all the same" in text(asked)
    assert plans(business, customer)[0].pay_date.isoformat() == days(5)
    alice.post(path, {"pay_date": days(10), "late": days(9)})  # another day than was asked about
    assert plans(business, customer)[0].pay_date.isoformat() == days(5)
    assert alice.post(path, late | {"late": days(9)}).status_code == 302
    assert plans(business, customer)[0].pay_date.isoformat() == days(9)
    assert said in text(alice.get(path))
    alice.post(path, {"pay_date": days(8)})
    assert plans(business, customer)[0].pay_date.isoformat() == days(8)


def test_who_plans_reads_until_when_it_is_due(due_soon):
    page, _path = due_soon
    assert f"A day after {day_short(date.fromisoformat(days(8)))} is after it is due." in page
