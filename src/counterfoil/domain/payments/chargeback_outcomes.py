"""What a gateway's word means for a chargeback: decided here, in plain values, before anything is
written."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments.rows import ChargebackRow, RefundedPayment
from counterfoil.domain.payments.states import CHARGEBACK, ChargebackState
from counterfoil.kernel.ids import new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, ChargebackTold

ABOVE_PAYMENT = "above_payment"
OTHER_CURRENCY = "other_currency"
AMOUNT_CHANGED = "amount_changed"

_TARGETS = {
    ChargebackStage.NEEDS_RESPONSE: ChargebackState.OPEN,
    ChargebackStage.UNDER_REVIEW: ChargebackState.ANSWERED,
    ChargebackStage.WON: ChargebackState.WON,
    ChargebackStage.LOST: ChargebackState.LOST,
}
CONTESTED = frozenset({ChargebackState.OPEN, ChargebackState.ANSWERED})


@dataclass(frozen=True, slots=True)
class ChargebackChange:
    """What a gateway's word does to a chargeback, which is shown as it will be; `source` is None
    where it is new. `fee` is what of the fee is booked now: below zero, it is given back."""

    chargeback: ChargebackRow
    source: ChargebackState | None
    target: ChargebackState
    fee: Money

    @property
    def money_taken(self) -> bool:
        """Whether this change, and no other, takes the money out of our reach."""
        return self.source is None

    @property
    def money_back(self) -> bool:
        """Whether the money comes back by this change, before it was lost."""
        return self.target == ChargebackState.WON and self.source != ChargebackState.LOST

    @property
    def money_lost(self) -> bool:
        """Whether this change takes it off the customer's side."""
        return self.target == ChargebackState.LOST

    @property
    def money_back_late(self) -> bool:
        """Whether the money comes back after it had been lost."""
        return (self.source, self.target) == (ChargebackState.LOST, ChargebackState.WON)


def judge_chargeback(
    known: ChargebackRow | None,
    payment: RefundedPayment,
    told: ChargebackTold,
    *,
    customer_id: UUID,
    gateway_account_id: UUID,
    at: datetime,
) -> ChargebackChange | None:
    """What a gateway says of a chargeback whose payment is under lock; None where it changes
    nothing: said before, or overtaken.

    It is a fact, so nothing caps it: one above its payment, or in another currency, keeps a
    `problem` for a person.
    """
    target = _TARGETS[told.stage]
    if known is not None:
        source = ChargebackState(known.state)
        if not CHARGEBACK.allows(source, target):
            return None
        chargeback = replace(known, problem=known.problem or _changed(known, told))
    else:
        source = None
        chargeback = _new(payment, told, customer_id, gateway_account_id, at)
    decided = target in (ChargebackState.WON, ChargebackState.LOST)
    nothing = Money(0, chargeback.currency)
    fee = _fee(chargeback, told) if source is None or decided else nothing
    chargeback = replace(
        chargeback,
        state=target.value,
        fee_minor=chargeback.fee_minor + fee.minor,
        evidence_due_at=told.evidence_due_at or chargeback.evidence_due_at,
        decided_at=(told.decided_at or at) if decided else None,
    )
    return ChargebackChange(chargeback, source, target, fee)


def _new(
    payment: RefundedPayment,
    told: ChargebackTold,
    customer_id: UUID,
    gateway_account_id: UUID,
    at: datetime,
) -> ChargebackRow:
    is_foreign = told.amount.currency != payment.currency
    held = payment.amount_minor if is_foreign else told.amount.minor
    problem = OTHER_CURRENCY if is_foreign else ""
    if not is_foreign and told.amount.minor + payment.gone_minor > payment.amount_minor:
        problem = ABOVE_PAYMENT
    return ChargebackRow(
        id=new_id(),
        attempt_id=payment.id,
        customer_id=customer_id,
        gateway_account_id=gateway_account_id,
        state=ChargebackState.OPEN.value,
        gateway_ref=told.gateway_ref,
        currency=told.amount.currency,
        amount_minor=told.amount.minor,
        fee_minor=0,
        held_minor=held,
        taken_minor=0,
        payment_currency=payment.currency,
        reason_code=told.reason_code[:60],
        problem=problem,
        opened_at=told.opened_at or at,
        evidence_due_at=told.evidence_due_at,
        evidence_text="",
        evidence_by="",
        evidence_sent_at=None,
        decided_at=None,
        looked_at=None,
    )


def _changed(known: ChargebackRow, told: ChargebackTold) -> str:
    return "" if told.amount == known.amount else AMOUNT_CHANGED


def _fee(chargeback: ChargebackRow, told: ChargebackTold) -> Money:
    """What of the fee is not booked yet; one in another currency comes with the payout."""
    said = told.fee
    if said is None or said.currency != chargeback.currency:
        return Money(0, chargeback.currency)
    return Money(said.minor - chargeback.fee_minor, chargeback.currency)
