"""A plan whose card ends, at the portal: the hint where it matters and nowhere else, and another
card in its place."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from html import unescape

import pytest

from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from factories.keeping import CARD, keep_method
from factories.statements import counted

JSON = {"accept": "application/json"}


def words(answer):
    return " ".join(unescape(answer.content.decode()).split())


def today():
    return clock.now().date()


def last_of_month():
    return (today().replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@pytest.fixture
def planned(alice, business, customer, issued, gateway):
    """Alice's invoice, planned by a card: until when it is good, and for which day."""
    from surfaces.portal.test_planned import fields

    def plan(shown, day):
        keep_method(business, customer, shown=shown)
        page = alice.get(f"/invoices/{issued().number}").content.decode()
        return alice.post("/planned/", fields(page) | {"pay_date": day.isoformat()})["Location"]

    return plan


@pytest.fixture
def ending(planned):
    """The card ends with this month, and the payment is two days later."""
    shown = replace(CARD, exp_month=today().month, exp_year=today().year)
    return planned(shown, last_of_month() + timedelta(days=2))


def expire(business):
    """The card ended a year ago."""
    run(business, lambda: execute(
        "UPDATE payments_method SET exp_year = exp_year - 1 WHERE business_id = %(b)s",
        {"b": business},
    ))  # fmt: skip


def test_the_hint_is_at_home_and_on_the_plan(alice, ending):
    for page in ("/", ending):
        assert "The card ends on" in words(alice.get(page))
        assert "before this payment." in words(alice.get(page))
    assert "Choose another way to pay" in words(alice.get("/"))


def test_one_that_has_expired_is_called_so(alice, business, ending):
    expire(business)
    for page in ("/", ending):
        assert "The card has expired: it ended on" in words(alice.get(page))


def test_no_hint_where_the_card_lives_on_or_no_plan_needs_it(
    alice, business, customer, planned, gateway
):
    path = planned(CARD, today() + timedelta(days=5))
    keep_method(
        business, customer, "slow", shown=replace(CARD, last4="1", exp_month=1, exp_year=2020)
    )
    for page in ("/", path):
        html = words(alice.get(page))
        assert not re.search("The card (ends on|has expired)", html)


def test_the_hint_costs_no_statement(alice, business, planned, gateway):
    planned(CARD, last_of_month() + timedelta(days=2))
    alice.get("/")

    def count():
        with counted() as found:
            alice.get("/")
        return found.count

    before = count()
    expire_to = {"b": business, "m": today().month, "y": today().year}
    run(business, lambda: execute(
        "UPDATE payments_method SET exp_month = %(m)s, exp_year = %(y)s WHERE business_id = %(b)s",
        expire_to,
    ))  # fmt: skip
    assert "The card ends on" in words(alice.get("/"))
    assert count() == before


def test_a_new_card_is_saved_and_put_in_on_the_same_page(alice, business, customer, ending):
    page = alice.get(ending).content.decode()
    form_key = re.search(r'name="form_key" value="([^"]+)"', page).group(1)
    form = {"form_key": form_key, "way": "card", "source": "new"}

    answer = alice.post(f"{ending}/way", form, headers=JSON)

    assert answer.json() == {"go": ending}
    page = words(alice.get(ending))
    assert "It is paid with" in page
    assert "The card ends on" not in page
    with reading(business):
        ((count,),) = execute(
            "SELECT count(*) FROM payments_method WHERE business_id = %(b)s", {"b": business}
        )
    assert count == 2


def test_what_is_saved_is_put_in_without_a_script(alice, business, customer, ending, gateway):
    other = keep_method(business, customer, "slow", shown=replace(CARD, last4="4444"))
    way = encode("pm", other)
    assert f'value="{way}" checked' in alice.get(ending).content.decode()
    page = words(alice.post(f"{ending}/way", {"way": way}, follow=True))
    assert "It is paid with Visa •••• 4444 now." in page


def test_what_does_not_work_is_said(alice, business, customer, other_customer, ending, gateway):
    from counterfoil.kernel.errors import Refused

    theirs = keep_method(business, other_customer, "slow")
    page = words(alice.post(f"{ending}/way", {"way": encode("pm", theirs)}, follow=True))
    assert "is not there any more. Choose another." in page
    gateway.keeping.trouble = Refused("no")
    form = {"form_key": "f", "way": "card", "source": "new"}
    answer = alice.post(f"{ending}/way", form, headers=JSON)
    assert answer.status_code == 422
    assert "could not be saved. Nothing was charged." in answer.json()["words"][0]
    assert "This is needed." in words(alice.post(f"{ending}/way", {}, follow=True))


def test_a_plan_that_ended_leads_to_paying_by_hand(alice, business, ending):
    from counterfoil.flows.arrangements import run_schedules

    noon = datetime.combine(last_of_month() + timedelta(days=2), time(12), UTC)
    run_schedules.tick(business, at=noon)
    page = words(alice.get(ending))
    assert "The card that was to pay it had expired" in page
    assert "Pay by hand" in page
