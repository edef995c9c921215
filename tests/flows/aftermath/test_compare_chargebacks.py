"""Chargebacks that no event told: found by the daily comparison, or in a payout; booked once."""

from datetime import timedelta

from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments import queries as payments
from counterfoil.flows.aftermath.compare_gateways import compare
from counterfoil.flows.aftermath.read_payouts import explain_account, read_account
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, ChargebackTold
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)
from factories.aftermath import contested
from factories.businesses import AT
from factories.gateways import succeeded
from factories.payments import pay
from ledger_text import broken, trial_balance

EUR0, FEE = Money(0, "EUR"), Money(1_500, "EUR")
TOMORROW = AT + timedelta(days=1)


def test_a_chargeback_whose_event_was_lost_is_found_and_booked_once(business, issued, gateway):
    payment = pay(business, issued())
    charge = succeeded(encode("pay", payment.id), payment.amount)
    dispute = ChargebackTold(
        gateway_ref="dis_1",
        charge=charge.gateway_ref,
        stage=ChargebackStage.NEEDS_RESPONSE,
        amount=payment.amount,
        reference=charge.reference,
    )
    gateway.after.listing = [Listed(AT, charge), Listed(AT, dispute)]
    with reading(business):
        account = payments.active_accounts(business)[0]

    assert compare(business, account, at=TOMORROW) == 1

    with reading(business):
        (found,) = chargebacks.chargebacks_of(business, [payment.id])
    assert (found.gateway_ref, found.state) == ("dis_1", "open")
    assert compare(business, account, at=TOMORROW + timedelta(days=1)) == 0
    assert broken(business) == []


def test_the_fee_of_a_chargeback_that_a_payout_told_of_first_is_booked_once(
    business, issued, gateway
):
    payment, other = pay(business, issued()), pay(business, issued())
    with reading(business):
        account = payments.active_accounts(business)[0]
    lines = [
        _moved(MovementKind.CHARGE, one.amount, charge=one.gateway_ref) for one in (payment, other)
    ]
    behind = {"source": "dis_1", "charge": payment.gateway_ref}
    lines.append(_moved(MovementKind.CHARGEBACK, -payment.amount, **behind))
    lines.append(_moved(MovementKind.FEE, EUR0, FEE, **behind))
    gateway.after.moved["po_1"] = lines
    gateway.after.payouts = [
        PayoutTold(
            gateway_ref="po_1",
            stage=PayoutStage.PAID,
            amount=other.amount - FEE,
            created_at=AT,
            arrival_date=AT.date(),
            descriptor="COUNTERFOIL 1",
        )
    ]
    read_account(business, account, at=AT)  # nobody can say what dis_1 is
    assert trial_balance(business)["suspense:scripted"] == 115

    settle_chargeback(business, payment.id, contested(payment), at=AT, by=SYSTEM)
    assert explain_account(business, account, at=TOMORROW) == 2

    balance = trial_balance(business)
    assert balance["gateway_fees:scripted"] == 15
    assert not {"suspense:scripted", "clearing:scripted"} & balance.keys()
    assert broken(business) == []


def _moved(kind, gross, fee=None, **more):
    fee = fee or EUR0
    facts = {"gross": gross, "fee": fee, "net": gross - fee, "occurred_at": AT}
    return Movement(gateway_ref=f"txn_{kind}_{more}", kind=kind, **facts, **more)
