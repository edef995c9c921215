"""What pages say of amounts that are not what they seem: reserved, credited in part, paid
meanwhile, not on their way."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewCreditNote
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.flows import issue_invoices
from counterfoil.flows.pay_invoices import start
from counterfoil.infra.db import execute, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.surfaces.ui.formatting import day_short
from factories.businesses import AT
from factories.payments import command, pay
from factories.refunds import by_hand, by_transfer
from surfaces.portal.test_planned import planned, saved  # noqa: F401  fixtures

TIMES = re.compile(r'<time datetime="([^"]+)"')
CAME = """UPDATE payments_attempt SET finished_at = %(at)s::timestamptz
    WHERE business_id = %(b)s::uuid AND id = %(id)s::uuid"""


def page(browser, path="/"):
    return " ".join(browser.get(path).content.decode().split())


def test_credit_that_is_about_to_be_given_back_is_not_offered(alice, business, customer, issued):
    invoice = issued()
    paid = by_transfer(business, customer, "30.00")
    path = f"/invoices/{invoice.number}"
    assert "Your credit" in page(alice)
    assert "/credit" in page(alice, path)

    by_hand(business, paid)

    assert "Your credit" not in page(alice)
    assert "Being paid back" in page(alice)
    assert f'action="{path}/credit"' not in page(alice, path)


def test_what_waits_for_its_payer_is_not_on_its_way(alice, business, issued, gateway):
    pay(business, issued(), source="challenge")
    assert "Payment not finished" in page(alice)
    assert ">On its way<" not in page(alice)


def test_the_list_of_payments_says_the_day_that_it_is_sorted_by(alice, business, issued, gateway):
    for day, came in ((1, 5), (3, 3), (4, 4)):
        at = clock.now().replace(hour=12) + timedelta(days=day - 10)
        one = issued()
        paid = start(business, command(one.customer_id, one), by=SYSTEM, at=at)
        facts = {"b": business, "id": paid.id, "at": at + timedelta(days=came - day)}
        run(business, lambda facts=facts: execute(CAME, facts))
    shown = page(alice, "/payments/")

    found = [date.fromisoformat(one[:10]) for one in TIMES.findall(shown)]
    assert found == sorted(found, reverse=True)
    assert len(found) == 3
    arrived = found[-1] + timedelta(days=4)
    assert shown.count("Arrived ") == 1
    assert f"Arrived {day_short(arrived)}" in shown


def test_the_history_as_a_file_says_when_each_was_begun_and_when_its_money_came(
    alice, business, issued, gateway
):
    paid = pay(business, issued())
    for source in ("slow", "declined"):
        pay(business, issued(), source=source)
    facts = {"b": business, "id": paid.id, "at": AT + timedelta(days=4)}
    run(business, lambda: execute(CAME, facts))

    table = b"".join(alice.get("/payments.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))

    assert list(rows[0])[:4] == ["Begun (UTC)", "Arrived (UTC)", "Payment", "State"]
    begun, came = (f"{day:%Y-%m-%dT%H:%M:%SZ}" for day in (AT, AT + timedelta(days=4)))
    told = {(one["State"], one["Begun (UTC)"], one["Arrived (UTC)"]) for one in rows}
    assert told == {("failed", begun, ""), ("processing", begun, ""), ("succeeded", begun, came)}


def test_what_nobody_knows_yet_is_not_on_its_way(alice, business, issued, gateway):
    pay(business, issued(), source="lost")
    assert "<dt>Not yet known</dt>" in page(alice)
    assert "€100.00" in page(alice).partition("<dt>Not yet known</dt>")[2][:200]
    assert ">On its way<" not in page(alice)
    pay(business, issued(), source="slow")
    assert "<dt>Not yet known</dt>" in page(alice)
    assert "€100.00" in page(alice).partition(">On its way<")[2][:200]


@pytest.mark.parametrize(("open_first", "said"), [("100.00", False), ("40.00", True)])
def test_a_credit_note_counts_as_far_as_it_takes_something_off(
    alice, business, customer, issued, open_first, said
):
    invoice = issued()
    if said:
        by_transfer(business, customer, "60.00", invoice)
    line = LineInput("Too much", Decimal(1), Decimal("50.00"))
    note = NewCreditNote(customer, "EUR", (line,), invoice_id=invoice.id)
    issue_invoices.credit(business, [note], IssueTerms(AT.date()), at=AT, quiet=True)
    html = page(alice, f"/invoices/{invoice.number}")
    assert ("the rest became credit" in html) is said
    assert ("-€40.00" in html or "\u2212€40.00" in html) is said


def test_a_plan_says_that_its_invoice_is_paid_meanwhile(
    alice,
    business,
    customer,
    planned,  # noqa: F811
):
    invoice, path = planned
    assert "paid meanwhile" not in page(alice, path)
    by_transfer(business, customer, "100.00", invoice)
    html = page(alice, path)
    assert "What it was planned for is paid meanwhile." in html
    assert 'name="pay_date"' not in html
    assert "Cancel this payment" in html
