"""A payment taken off an invoice: no money moves, the customer keeps it as credit."""

import pytest

from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.refunds.unapply_payment import CoversNothing, unapply
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.invoices import line
from factories.payments import pay
from factories.refunds import refund
from ledger_text import counts, events, trial_balance


def test_the_invoice_is_open_again_and_the_customer_has_credit(business, issued, gateway):
    wrong, right = issued(line("40")), issued(line("60"))
    payment = pay(business, wrong, right)

    given = unapply(business, payment.id, wrong.id, at=AT, by=SYSTEM)

    assert given.amount.minor == 4_000
    assert trial_balance(business) == {
        "clearing:scripted": 100, "customer_credit:Alice": -40, "receivable:Alice": 40,
        "revenue": -100,
    }  # fmt: skip
    with reading(business):
        items = receivables.items(business, [wrong.id, right.id])
        row = receivables.payment(business, payment.id)
    assert (items[wrong.id].open_minor, items[right.id].open_minor) == (4_000, 0)
    assert (row.unapplied_minor, row.status) == (4_000, "succeeded")
    assert events(business)[-1] == "payment.unapplied"
    assert prove(business).holds


def test_a_second_time_changes_nothing(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)
    unapply(business, payment.id, invoice.id, at=AT, by=SYSTEM)
    before = counts(business)
    with pytest.raises(CoversNothing):
        unapply(business, payment.id, invoice.id, at=AT, by=SYSTEM)
    assert counts(business) == before


def test_a_payment_that_brought_nothing(business, issued, gateway):
    invoice = issued()
    with pytest.raises(NotFound):
        unapply(business, new_id(), invoice.id, at=AT, by=SYSTEM)


def test_what_was_taken_off_is_refunded_first(business, issued, gateway):
    wrong, right = issued(line("40")), issued(line("60"))
    payment = pay(business, wrong, right)
    unapply(business, payment.id, right.id, at=AT, by=SYSTEM)

    refund(business, payment, 6_000)

    assert trial_balance(business) == {
        "clearing:scripted": 40, "receivable:Alice": 60, "revenue": -100,
    }  # fmt: skip
    assert prove(business).holds
