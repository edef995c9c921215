"""An invoice that is credited bit by bit is credited to the cent, and the books agree."""

from decimal import Decimal

import pytest

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewCreditNote
from counterfoil.domain.billing.operations import CreditTooHigh, IssueTerms
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows import issue_invoices
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import InvalidInput
from factories.businesses import AT
from factories.invoices import line
from ledger_text import counts, trial_balance
from races.racing import kinds, race

TODAY = IssueTerms(AT.date())
THIRDS = ("0.333333", "0.333333", "0.333334")


def part(business, invoice, quantity, **more):
    """A credit note over so much of every line of the invoice."""
    with reading(business):
        rows = billing.lines(business, invoice.id)
    lines = [
        LineInput(
            row.description, row.quantity * Decimal(quantity), row.unit_price, row.tax_rate,
            row.discount_percent,
        )
        for row in rows
    ]  # fmt: skip
    return NewCreditNote(
        invoice.customer_id, "EUR", lines, invoice_id=invoice.id,
        line_ids=[row.id for row in rows], **more,
    )  # fmt: skip


def credit(business, *new):
    return issue_invoices.credit(business, new, TODAY, at=AT)


def taxes(business, invoice, notes):
    with reading(business):
        billed = {one.rate: one.tax_minor for one in billing.taxes(business, invoice.id)}
        back = [row for note in notes for row in billing.credit_note_taxes(business, note.id)]
    return billed, {rate: sum(row.tax_minor for row in back if row.rate == rate) for rate in billed}


@pytest.mark.parametrize("at_once", [False, True])
def test_three_thirds_are_the_whole(business, issued, at_once):
    invoice = issued(line("10", tax="19"), line("0.05", tax="19"), line("100", tax="7", off="2.5"))
    new = [part(business, invoice, share) for share in THIRDS]

    notes = credit(business, *new) if at_once else [credit(business, one)[0] for one in new]

    assert sum(note.total.minor for note in notes) == invoice.total_minor
    billed, back = taxes(business, invoice, notes)
    assert billed == back
    with reading(business):
        item = receivables.items(business, [invoice.id])[invoice.id]
    assert (item.open_minor, item.credited_minor) == (0, invoice.total_minor)
    assert trial_balance(business) == {}
    assert prove(business).holds


def test_lines_are_credited_one_after_the_other(business, issued):
    invoice = issued(line("1", quantity="0.125", tax="19"), line("1", quantity="0.125", tax="19"))
    whole = part(business, invoice, 1)
    each = [
        NewCreditNote(invoice.customer_id, "EUR", [one], invoice_id=invoice.id, line_ids=[line_id])
        for one, line_id in zip(whole.lines, whole.line_ids, strict=True)
    ]

    notes = [credit(business, one)[0] for one in each]

    assert [note.tax.minor for note in notes] == [2, 3]
    assert sum(note.total.minor for note in notes) == invoice.total_minor
    assert prove(business).holds


def test_a_part_that_rounds_to_nothing_is_refused_and_costs_nothing(business, issued):
    invoice = issued(line("0.01"))
    credit(business, part(business, invoice, "0.6"))
    before = counts(business)

    with pytest.raises(InvalidInput):
        credit(business, part(business, invoice, "0.4"))

    assert counts(business) == before
    with reading(business):
        assert receivables.items(business, [invoice.id])[invoice.id].open_minor == 0


def test_no_more_than_the_invoice_by_any_number_of_parts(business, issued):
    invoice = issued(line("10", tax="19"))
    for share in THIRDS:
        credit(business, part(business, invoice, share))

    with pytest.raises(CreditTooHigh):
        credit(business, part(business, invoice, "0.01"))


@pytest.mark.parametrize("_round", range(3))
def test_two_parts_at_once_each_know_of_the_other(business, issued, _round):
    invoice = issued(line("0.05", quantity="3", tax="19"))
    new = [part(business, invoice, share) for share in THIRDS]

    results = race(*(lambda one=one: credit(business, one) for one in new))

    assert kinds(results) == ["ok"] * 3
    assert sum(notes[0].total.minor for notes in results) == invoice.total_minor
    assert prove(business).holds
