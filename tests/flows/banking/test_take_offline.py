"""Cheques and cash: the same road as every payment, and the receipt follows."""

from datetime import date, timedelta

import pytest

from counterfoil.domain.payments.received import TakenAlready
from counterfoil.flows.banking.take_offline import OfflinePayment, take
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import InvalidInput, NotFound
from counterfoil.kernel.money import Money
from factories.businesses import AT
from factories.invoices import issued_invoice
from ledger_text import counts, events, journal

TODAY = AT.date()


def hand_over(business, customer, *invoices, **more):
    facts = {"method": "cheque", "amount": Money(12000, "EUR"), "on": date(2026, 2, 20),
             "form_key": "f1", "reference": "4711"} | more  # fmt: skip
    taken = OfflinePayment(
        customer_id=customer, invoice_ids=tuple(one.id for one in invoices), **facts
    )
    return take(business, taken, today=TODAY, at=AT, by=SYSTEM)


def test_cheque_covers_its_invoice_and_the_rest_is_credit(business, customer, issued):
    hand_over(business, customer, issued())
    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
2026-02-20 payment_received   PAY            cash:Cheques and cash receivable:Alice       100.00 EUR
                                             cash:Cheques and cash customer_credit:Alice   20.00 EUR
"""
    )
    assert events(business)[-2:] == ["payment.succeeded", "invoice.paid"]


def test_the_same_form_twice_is_one_payment(business, customer, issued):
    invoice = issued()
    hand_over(business, customer, invoice)
    before = counts(business)
    with pytest.raises(TakenAlready):
        hand_over(business, customer, invoice)
    assert counts(business) == before


@pytest.mark.parametrize(
    "wrong",
    [{"amount": Money(0, "EUR")}, {"on": TODAY + timedelta(days=1)}, {"method": "gold"}],
)
def test_what_can_not_be_is_refused(business, customer, wrong):
    before = counts(business)
    with pytest.raises(InvalidInput):
        hand_over(business, customer, **wrong)
    assert counts(business) == before


def test_anothers_invoice_is_not_there(business, customer, other_customer):
    with pytest.raises(NotFound):
        hand_over(business, customer, issued_invoice(business, other_customer))
