"""A chargeback against our own refund, against itself, a payout and a write-off in two hands."""

import pytest

from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.reconciliation import payouts
from counterfoil.flows.aftermath.read_payouts import read_account
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.aftermath.write_off import write_off
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.payments import pay
from factories.refunds import refund
from ledger_text import broken, events
from races.racing import kinds, race


def told(business, payment, fact):
    return lambda: settle_chargeback(business, payment.id, fact, at=AT, by=SYSTEM)


@pytest.mark.parametrize("stage", [ChargebackStage.NEEDS_RESPONSE, ChargebackStage.LOST])
def test_the_same_chargeback_twice_is_one(business, issued, gateway, stage, turn):
    payment = pay(business, issued())
    fact = staged(contested(payment), stage)

    results = race(*[told(business, payment, fact)] * 3)

    assert kinds(results) == ["ok"] * 3
    with reading(business):
        assert len(chargebacks.chargebacks_of(business, [payment.id])) == 1
    assert events(business).count("chargeback.opened") == 1
    assert broken(business) == []


def test_opened_and_won_at_once_end_as_won(business, issued, gateway, turn):
    payment = pay(business, issued())
    fact = contested(payment)
    won = staged(fact, ChargebackStage.WON)

    race(told(business, payment, fact), told(business, payment, won))

    with reading(business):
        (found,) = chargebacks.chargebacks_of(business, [payment.id])
    assert found.state == "won"
    assert broken(business) == []


def test_a_refund_and_a_chargeback_of_all(business, issued, gateway, turn):
    """The bank's fact always stands; ours goes first, or is refused."""
    payment = pay(business, issued())

    results = race(
        told(business, payment, contested(payment)), lambda: refund(business, payment, 4_000)
    )

    assert kinds(results) in (["PaymentContested", "ok"], ["ok", "ok"])
    with reading(business):
        assert len(chargebacks.chargebacks_of(business, [payment.id])) == 1
    assert broken(business) == []


def test_a_payout_read_by_two_is_booked_once(business, issued, gateway):
    payment = pay(business, issued())
    with reading(business):
        account = payments.active_accounts(business)[0]
    fee, net = Money(320, "EUR"), Money(9_680, "EUR")
    gateway.after.moved["po_1"] = [
        Movement(gateway_ref="txn_1", kind=MovementKind.CHARGE, gross=payment.amount, fee=fee,
                 net=net, occurred_at=AT, charge=payment.gateway_ref)
    ]  # fmt: skip
    gateway.after.payouts = [
        PayoutTold(gateway_ref="po_1", stage=PayoutStage.PAID, amount=net, created_at=AT)
    ]

    race(*[lambda: read_account(business, account, at=AT)] * 3)

    with reading(business):
        (found,) = payouts.payouts(business)
    assert (found.state, found.line_count) == ("paid", 1)
    assert broken(business) == []


def test_a_write_off_and_a_payment_at_once(business, issued, gateway):
    invoice = issued()

    results = race(
        lambda: write_off(business, invoice.id, "Gone", at=AT, by=SYSTEM),
        lambda: pay(business, invoice),
    )

    assert set(kinds(results)) <= {"ok", "BeingPaid", "NothingDue"}
    assert broken(business) == []
