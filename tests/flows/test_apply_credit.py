"""Credit that covers invoices later: by itself at issue, or when somebody asks for it."""

from datetime import date, timedelta

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.operations import BeingPaid, NoCredit, NothingDue
from counterfoil.flows.apply_credit import apply_to_invoice, apply_to_open
from counterfoil.flows.letters import send_messages
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from factories.businesses import AT
from factories.invoices import credit_note, issued_invoice, line
from factories.payments import pay
from ledger_text import counts, events, journal, trial_balance


def left(business, *invoices):
    """What each invoice has open."""
    with reading(business):
        found = queries.items(business, [one.id for one in invoices])
    return [found[one.id].open_minor for one in invoices]


def credit(business, customer, currency="EUR"):
    """What the customer has unapplied."""
    with reading(business):
        rows = queries.balances(business, customer, today=AT.date())
    return sum(row.unapplied_minor for row in rows if row.currency == currency)


@pytest.fixture
def by_hand(business):
    """The business applies no credit by itself."""
    businesses.change(business, {"applies_credit": False})


def test_what_was_paid_too_much_covers_the_next_invoice(business, customer, issued, gateway):
    pay(business, issued(), amount_minor=12_000)

    invoice = issued()

    assert (left(business, invoice), credit(business, customer)) == ([8000], 0)
    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
2026-03-01 payment_received   PAY            clearing:scripted     receivable:Alice       100.00 EUR
                                             clearing:scripted     customer_credit:Alice   20.00 EUR
2026-03-01 invoice_issued     INV-2026-00002 receivable:Alice      revenue                100.00 EUR
2026-03-01 credit_applied     PAY            customer_credit:Alice receivable:Alice        20.00 EUR
"""
    )
    assert events(business)[-2:] == ["invoice.issued", "credit.applied"]
    assert prove(business).holds


def test_new_invoices_are_covered_the_oldest_due_first(business, customer, issued, gateway):
    credit_note(business, customer, line("130"))

    later = issued(due=date(2026, 5, 1))
    assert left(business, later) == [0]
    sooner = issued(due=date(2026, 4, 1))

    assert left(business, sooner) == [7000]
    assert events(business)[-4:] == [
        "credit.applied", "invoice.paid", "invoice.issued", "credit.applied",
    ]  # fmt: skip
    assert prove(business).holds


def test_one_credit_covers_several_invoices_one_after_another(business, customer, issued, gateway):
    credit_note(business, customer, line("130"))
    one, two = issued(line("50")), issued(line("50"))

    assert (left(business, one, two), credit(business, customer)) == ([0, 0], 3000)
    assert trial_balance(business)["customer_credit:Alice"] == -30
    assert prove(business).holds


def test_a_business_that_applies_by_hand_is_left_alone(business, customer, issued, by_hand):
    credit_note(business, customer, line("30"))
    invoice = issued()
    assert left(business, invoice) == [10_000]

    applied = apply_to_invoice(business, customer, invoice.id, at=AT)

    assert [one.parts[0][1].minor for one in applied] == [3000]
    assert (left(business, invoice), credit(business, customer)) == ([7000], 0)
    assert prove(business).holds


def test_credit_covers_what_is_open_the_oldest_due_first(business, customer, issued, by_hand):
    late, soon = issued(due=date(2026, 5, 1)), issued(due=date(2026, 3, 20))
    credit_note(business, customer, line("60"))
    credit_note(business, customer, line("70"))

    apply_to_open(business, customer, "EUR", at=AT)

    assert left(business, soon, late) == [0, 7000]
    assert events(business)[-3:] == ["credit.applied", "credit.applied", "invoice.paid"]
    assert prove(business).holds


def test_credit_stays_with_its_customer_and_its_currency(
    business, customer, other_customer, issued
):
    credit_note(business, customer, line("30"), currency="USD")
    credit_note(business, other_customer, line("30"))

    assert left(business, issued()) == [10_000]
    assert credit(business, customer, "USD") == credit(business, other_customer) == 3000


def test_what_cannot_be_covered_is_refused_and_nothing_is_written(
    business, customer, other_customer, issued, gateway, by_hand
):
    paid, held, free = issued(), issued(), issued()
    pay(business, paid)
    pay(business, held, source="slow")
    theirs = issued_invoice(business, other_customer)
    before = counts(business)

    for invoice, refusal in ((paid, NothingDue), (held, BeingPaid), (free, NoCredit),
                             (theirs, NotFound)):  # fmt: skip
        with pytest.raises(refusal):
            apply_to_invoice(business, customer, invoice.id, at=AT)
    with pytest.raises(NoCredit):
        apply_to_open(business, customer, "EUR", at=AT)
    with pytest.raises(NothingDue):
        apply_to_open(business, customer, "USD", at=AT)
    assert counts(business) == before


def test_what_is_being_paid_is_left_to_its_payer(business, customer, issued, gateway, by_hand):
    held, free = issued(), issued()
    pay(business, held, source="slow")
    credit_note(business, customer, line("150"))

    apply_to_open(business, customer, "EUR", at=AT)

    assert (left(business, held, free), credit(business, customer)) == ([10_000, 0], 5000)


def test_the_mail_of_an_invoice_says_what_credit_covered(business, customer, issued):
    credit_note(business, customer, line("30"), at=AT - timedelta(days=1))
    part = issued()
    credit_note(business, customer, line("500"), at=AT - timedelta(days=1))
    whole = issued(line("50"))

    texts = []
    for invoice in (part, whole):
        [message] = send_messages.send_invoice(business, invoice.id, at=AT)
        with reading(business):
            texts.append(notifications.message(business, message).text)

    assert "Amount due: €70.00" in texts[0]
    assert "Covered by your credit: €30.00" in texts[0]
    assert "Your credit covers it: there is nothing to pay." in texts[1]
