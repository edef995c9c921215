"""Documents issued at once: numbers without a gap, credit never above the invoice."""

from decimal import Decimal

import pytest

from counterfoil.domain.billing import operations as billing
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.domain.insights.proofs import prove
from counterfoil.flows import issue_invoices
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import credit_note, draft_invoice, issued_invoice, line, new_invoice
from ledger_text import counts, journal, trial_balance
from races.racing import kinds, race

TODAY = IssueTerms(AT.date())


def numbers(business):
    with reading(business):
        rows = execute(
            "SELECT number FROM billing_invoice WHERE business_id = %(b)s::uuid AND number <> '' "
            "ORDER BY number",
            {"b": business},
        )
    return [number for (number,) in rows]


def gapless(count):
    return [f"INV-2026-{number:05}" for number in range(1, count + 1)]


def test_parallel_issues_leave_no_gap(business, customer, turn):
    def batch():
        new = [new_invoice(customer)] * 3
        return issue_invoices.draft_and_issue(business, new, TODAY, at=AT, by=SYSTEM)

    def breaks():
        issue_invoices.draft_and_issue(
            business, [new_invoice(customer), new_invoice(customer, discount_percent=Decimal(101))],
            TODAY, at=AT, by=SYSTEM,
        )  # fmt: skip

    results = race(batch, breaks, batch, batch, breaks, batch)

    assert kinds(results) == ["InvalidInput"] * 2 + ["ok"] * 4
    assert numbers(business) == gapless(12)


def test_a_number_taken_by_a_failed_issue_is_given_again(business, customer, other_customer):
    """The failure comes after the number was drawn: a second external reference."""
    new = [new_invoice(customer, external_ref="A")]
    issue_invoices.draft_and_issue(business, new, TODAY, at=AT, by=SYSTEM)
    before = counts(business)

    with pytest.raises(Exception, match="external reference"):
        issue_invoices.draft_and_issue(business, new, TODAY, at=AT, by=SYSTEM)

    assert counts(business) == before
    assert issued_invoice(business, customer).number == "INV-2026-00002"


def test_one_draft_is_issued_once(business, customer, turn):
    invoice_id = draft_invoice(business, customer)

    results = race(*[
        lambda: issue_invoices.issue(business, [invoice_id], TODAY, at=AT, by=SYSTEM)
    ] * 4)  # fmt: skip

    assert kinds(results) == ["NotADraft"] * 3 + ["ok"]
    assert numbers(business) == gapless(1)
    assert journal(business).count("invoice_issued") == 1


def test_deleting_against_issuing(business, customer, turn):
    invoice_id = draft_invoice(business, customer)

    deleted, issued = race(
        lambda: billing.delete_drafts(business, [invoice_id], at=AT, by=SYSTEM),
        lambda: issue_invoices.issue(business, [invoice_id], TODAY, at=AT, by=SYSTEM),
    )

    assert kinds([deleted, issued]) in (["NotADraft", "ok"], ["NotFound", "ok"])
    assert numbers(business) == gapless(0 if isinstance(issued, Exception) else 1)
    assert prove(business).holds


def test_parallel_credit_notes_stay_within_the_invoice(business, customer, issued, turn):
    invoice = issued()

    results = race(*[
        lambda: credit_note(business, customer, line("40"), invoice_id=invoice.id)
    ] * 4)  # fmt: skip

    assert kinds(results) == ["CreditTooHigh"] * 2 + ["ok"] * 2
    assert trial_balance(business) == {"receivable:Alice": 20, "revenue": -20}


def test_first_postings_of_many_customers_at_once(business, turn):
    """Accounts that nobody has opened yet, wanted by everyone at once."""
    ids = [add_customer(business, name) for name in ("Alice", "Bob", "Carol", "Dave")]

    results = race(*(lambda one=one: issued_invoice(business, one, line("10")) for one in ids))

    assert kinds(results) == ["ok"] * 4
    assert trial_balance(business) == {
        "receivable:Alice": 10, "receivable:Bob": 10, "receivable:Carol": 10,
        "receivable:Dave": 10, "revenue": -40,
    }  # fmt: skip
    with reading(business):
        accounts = execute(
            "SELECT count(*) FROM ledger_account WHERE business_id = %(b)s::uuid", {"b": business}
        )
    assert accounts == [(5,)]


def test_an_external_reference_is_taken_once(business, turn):
    new = NewCustomer("Alice", "en", "Europe/London", "EUR", external_ref="A-1")

    results = race(*[lambda: customers.add(business, [new], at=AT)] * 4)

    assert kinds(results) == ["CustomerRefTaken"] * 3 + ["ok"]
