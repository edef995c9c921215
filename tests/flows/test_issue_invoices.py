"""Issuing, voiding and crediting: number, debt and books together or not at all."""

from datetime import date

import pytest

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.operations import CreditTooHigh, IssueTerms, NotADraft
from counterfoil.domain.ledger import queries as ledger
from counterfoil.domain.receivables import operations as receivables
from counterfoil.flows import issue_invoices
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import InvalidInput, NotFound, Problem, Refused
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import credit_note, draft_invoice, issued_invoice, line, new_invoice
from factories.payments import pay
from ledger_text import counts, events, journal, trial_balance

TODAY = IssueTerms(AT.date())


def issue(business, *ids):
    return issue_invoices.issue(business, list(ids), TODAY, at=AT, by=SYSTEM)


def void(business, invoice_id):
    return issue_invoices.void(business, invoice_id, at=AT, by=SYSTEM)


def refused(business, problem, work):
    before = counts(business)
    with pytest.raises(problem):
        work()
    assert counts(business) == before


def test_a_draft_owes_nothing(business, customer):
    draft_invoice(business, customer)

    assert journal(business) == "\n"
    assert counts(business)["receivables_openitem"] == 0
    assert events(business) == ["customer.created"]


def test_issue_numbers_dates_and_books(business, customer):
    one = issue(business, draft_invoice(business, customer, line("100", tax="20")))[0]

    assert (one.number, one.issue_date, one.due_date, one.total_minor) == (
        "INV-2026-00001", date(2026, 3, 1), date(2026, 3, 31), 12_000
    )  # fmt: skip
    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
                                             receivable:Alice      tax                     20.00 EUR
"""
    )


def test_the_party_is_kept_as_it_was(business, customer, issued):
    invoice = issued()
    with reading(business):
        party = billing.invoice(business, invoice.id).party
    assert (party["name"], party["email"]) == ("Alice", "alice@example.com")


def test_issue_twice_is_refused(business, customer):
    invoice_id = draft_invoice(business, customer)
    issue(business, invoice_id)

    refused(business, NotADraft, lambda: issue(business, invoice_id))


def test_a_batch_is_all_or_none(business, customer):
    good, gone = draft_invoice(business, customer), new_id()

    refused(business, NotFound, lambda: issue(business, good, gone))

    assert issue(business, good)[0].number == "INV-2026-00001"


def test_an_invoice_of_nothing_is_settled_at_once(business, issued):
    invoice = issued(line("0"))

    assert journal(business) == "\n"
    refused(business, NotADraft, lambda: issue(business, invoice.id))


def test_an_unknown_customer_is_refused(business, other_business):
    stranger = add_customer(other_business, "Carol")
    new = [new_invoice(stranger)]

    refused(business, InvalidInput, lambda: issue_invoices.draft(business, new, at=AT, by=SYSTEM))


def test_a_changed_draft_is_issued_as_changed(business, customer):
    invoice_id = draft_invoice(business, customer)

    issue_invoices.change_draft(
        business, invoice_id, new_invoice(customer, line("7"), line("5")), at=AT
    )

    assert issue(business, invoice_id)[0].total_minor == 1_200
    with reading(business):
        assert [one.net_minor for one in billing.lines(business, invoice_id)] == [700, 500]


def test_an_issued_invoice_is_not_changed(business, customer, issued):
    invoice = issued()

    refused(
        business,
        NotADraft,
        lambda: issue_invoices.change_draft(
            business, invoice.id, new_invoice(customer, line("7")), at=AT
        ),
    )


def test_void_reverses(business, issued):
    invoice = issued(line("100", tax="20"))

    void(business, invoice.id)

    assert trial_balance(business) == {}
    assert events(business)[-1] == "invoice.voided"
    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
                                             receivable:Alice      tax                     20.00 EUR
2026-03-01 invoice_voided     INV-2026-00001 revenue               receivable:Alice       100.00 EUR
                                             tax                   receivable:Alice        20.00 EUR
"""
    )


def test_the_entry_of_a_void_names_the_one_it_reverses(business, issued):
    other, invoice = issued(), issued(line("100", tax="20"))

    void(business, invoice.id)

    with reading(business):
        voided, billed, before = ledger.entries(business, at=AT)
    assert (voided.kind, voided.source_id, voided.reverses_id) == (
        "invoice_voided", invoice.id, billed.id
    )  # fmt: skip
    assert (billed.source_id, billed.reverses_id) == (invoice.id, None)
    assert (before.source_id, before.reverses_id) == (other.id, None)


def test_void_of_nothing_books_nothing(business, issued):
    invoice = issued(line("0"))

    void(business, invoice.id)

    assert journal(business) == "\n"


def test_void_twice_is_refused(business, issued):
    invoice = issued()
    void(business, invoice.id)

    refused(business, Refused, lambda: void(business, invoice.id))


def test_void_of_a_draft_is_refused(business, customer):
    invoice_id = draft_invoice(business, customer)

    refused(business, Problem, lambda: void(business, invoice_id))


def test_void_is_refused_while_money_stands_against_it(business, issued, gateway):
    invoice = issued()
    pay(business, invoice, parts=((invoice.id, 1),))

    refused(business, receivables.HasMoney, lambda: void(business, invoice.id))


def test_void_is_refused_while_credit_stands_against_it(business, customer, issued):
    invoice = issued()
    credit_note(business, customer, invoice_id=invoice.id)

    refused(business, receivables.HasMoney, lambda: void(business, invoice.id))


def test_void_is_refused_while_being_paid(business, issued, gateway):
    invoice = issued()
    pay(business, invoice, source="slow")

    refused(business, receivables.BeingPaid, lambda: void(business, invoice.id))


def test_a_void_number_stays_used(business, issued):
    void(business, issued().id)

    assert issued().number == "INV-2026-00002"


def test_a_credit_note_covers_its_invoice(business, customer, issued):
    invoice = issued(line("100", tax="20"))

    note = credit_note(business, customer, line("50", tax="20"), invoice_id=invoice.id)

    assert (note.number, note.total.minor) == ("CN-2026-00001", 6_000)
    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
                                             receivable:Alice      tax                     20.00 EUR
2026-03-01 credit_note_issued CN-2026-00001  revenue               customer_credit:Alice   50.00 EUR
                                             tax                   customer_credit:Alice   10.00 EUR
2026-03-01 credit_applied     CN-2026-00001  customer_credit:Alice receivable:Alice        60.00 EUR
"""
    )


def test_a_credit_note_on_a_paid_invoice_becomes_credit(business, customer, issued, gateway):
    invoice = issued()
    pay(business, invoice)

    credit_note(business, customer, line("30"), invoice_id=invoice.id)

    assert trial_balance(business) == {
        "clearing:scripted": 100, "customer_credit:Alice": -30, "revenue": -70
    }  # fmt: skip


def test_a_free_credit_note_is_the_customers_credit(business, customer):
    credit_note(business, customer, line("30", tax="20"))

    assert trial_balance(business) == {"customer_credit:Alice": -36, "revenue": 30, "tax": 6}


def test_credit_is_never_above_the_invoice(business, customer, issued):
    invoice = issued()
    credit_note(business, customer, line("60"), invoice_id=invoice.id)

    refused(
        business,
        CreditTooHigh,
        lambda: credit_note(business, customer, line("40.01"), invoice_id=invoice.id),
    )
    credit_note(business, customer, line("40"), invoice_id=invoice.id)


def test_two_notes_of_one_batch_are_not_above_the_invoice(business, customer, issued):
    from counterfoil.domain.billing.drafts import NewCreditNote

    invoice = issued()
    one = NewCreditNote(customer, "EUR", [line("60")], invoice_id=invoice.id)

    refused(
        business,
        CreditTooHigh,
        lambda: issue_invoices.credit(business, [one, one], TODAY, at=AT),
    )


@pytest.mark.parametrize("which", ["draft", "voided", "other customer's", "other currency"])
def test_credit_needs_an_issued_invoice_of_the_customer(
    business, customer, other_customer, issued, which
):
    whose, currency = customer, "EUR"
    invoice_id = draft_invoice(business, customer) if which == "draft" else issued().id
    if which == "voided":
        void(business, invoice_id)
    if which == "other customer's":
        whose = other_customer
    if which == "other currency":
        currency = "USD"

    refused(
        business,
        Problem,
        lambda: credit_note(business, whose, invoice_id=invoice_id, currency=currency),
    )


def test_crediting_in_full_says_that_the_invoice_is_paid(business, customer, issued):
    invoice = issued()

    credit_note(business, customer, line("100"), invoice_id=invoice.id)

    assert events(business)[-2:] == ["credit_note.issued", "invoice.paid"]


def test_numbers_of_imports_are_their_own(business, customer):
    terms = IssueTerms(AT.date(), series="import", days=[date(2024, 2, 29)])

    one = issue_invoices.draft_and_issue(
        business, [new_invoice(customer)], terms, at=AT, by=SYSTEM, quiet=True
    )[0]

    assert (one.number, one.issue_date) == ("IMP-000001", date(2024, 2, 29))
    assert issued_invoice(business, customer).number == "INV-2026-00001"
