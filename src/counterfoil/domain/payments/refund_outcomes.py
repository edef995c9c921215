"""What a gateway's word means for a refund: decided here, in plain values, before anything is
written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.outcomes import AMOUNT_MISMATCH, CHECK_PAUSES
from counterfoil.domain.payments.rows import RefundedPayment, RefundRow
from counterfoil.domain.payments.states import OPEN_REFUNDS, REFUND, RefundState
from counterfoil.infra.transitions import Move
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

OVER_REFUNDED = "over_refunded"

_TARGETS = {
    Result.SUCCEEDED: RefundState.SUCCEEDED,
    Result.FAILED: RefundState.FAILED,
    Result.CANCELLED: RefundState.FAILED,  # it was begun and stopped: no money went
    Result.RETURNED: RefundState.FAILED,  # it went and came back, and we heard of the end only
    Result.PROCESSING: RefundState.PENDING,
    Result.ACTION_REQUIRED: RefundState.PENDING,  # the payer has to fetch it
    Result.UNKNOWN: RefundState.UNKNOWN,
    Result.ABSENT: RefundState.CANCELLED,
}
_CAME_BACK = frozenset({Result.FAILED, Result.CANCELLED, Result.RETURNED})
_FIRST_PAUSES = {
    RefundState.UNKNOWN: CHECK_PAUSES[0],
    RefundState.PENDING: CHECK_PAUSES[-1],
}


@dataclass(frozen=True, slots=True)
class RefundTold:
    """An outcome for one of our refunds, whoever brought it."""

    refund_id: UUID
    outcome: RefundOutcome


@dataclass(frozen=True, slots=True)
class RefundChange:
    """What an outcome does to a refund, which is shown as it will be."""

    refund: RefundRow
    source: RefundState
    target: RefundState
    move: Move

    @property
    def money_went(self) -> bool:
        """Whether this change, and no other, gives the money back."""
        return self.target == RefundState.SUCCEEDED

    @property
    def money_came_back(self) -> bool:
        """Whether money that was given back has come back to us."""
        return self.target == RefundState.RETURNED


def judge_refunds(
    refunds: Sequence[RefundRow],
    payments: Mapping[UUID, RefundedPayment],
    told: Sequence[RefundTold],
    *,
    at: datetime,
) -> list[RefundChange]:
    """What a gateway says of refunds whose payments are under lock; whoever comes second, or
    late, changes nothing.

    A success over another amount is not believed, nor one by which refunds would give back more
    than the payment brought: the refund becomes UNKNOWN, for a person to look at. What a chargeback
    took beside it is no such doubt: the gateway may do both. A failure after a success
    is money that came back; so is one that the gateway cancels then, and before it went it failed.
    Outcomes of refunds that are not among `refunds` are left out.
    """
    said = {one.refund_id: one.outcome for one in told}
    given = {one.id: one.refunded_minor for one in payments.values()}
    changes = []
    for refund in refunds:
        payment, outcome = payments[refund.attempt_id], said[refund.id]
        source = RefundState(refund.state)
        doubt = _doubt(refund, outcome, payment.amount_minor - given[payment.id])
        target = _target(source, outcome, doubt)
        if target == source or not REFUND.allows(source, target):
            continue
        columns = _columns(refund, outcome, target, doubt, at)
        reason = columns["failure_detail"] if target != RefundState.SUCCEEDED else ""
        move = Move(refund.id, source, target, reason, columns)
        changes.append(
            RefundChange(replace(refund, state=target.value, **columns), source, target, move)
        )
        if target == RefundState.SUCCEEDED:
            given[payment.id] += refund.amount_minor
    return changes


def _target(source: RefundState, outcome: RefundOutcome, doubt: str) -> RefundState:
    if source == RefundState.SUCCEEDED:
        came_back = outcome.result in _CAME_BACK
        return RefundState.RETURNED if came_back else RefundState.SUCCEEDED
    target = _TARGETS[outcome.result]
    return RefundState.UNKNOWN if target == RefundState.SUCCEEDED and doubt else target


def _doubt(refund: RefundRow, outcome: RefundOutcome, left_minor: int) -> str:
    """Why a success is not believed; empty if it is."""
    if outcome.result != Result.SUCCEEDED:
        return ""
    if outcome.amount != refund.amount:
        return AMOUNT_MISMATCH
    if RefundState(refund.state) != RefundState.SUCCEEDED and refund.amount_minor > left_minor:
        return OVER_REFUNDED
    return ""


def _columns(
    refund: RefundRow, outcome: RefundOutcome, target: RefundState, doubt: str, at: datetime
) -> dict[str, Any]:
    failure = outcome.failure
    has_failed = failure and target in (RefundState.FAILED, RefundState.RETURNED)
    code, detail = (failure.code.value, failure.message) if failure and has_failed else ("", "")
    if outcome.result == Result.CANCELLED and not code:
        code = FailureCode.REFUND_CANCELLED.value
    if doubt:
        said = outcome.amount
        code = doubt
        detail = f"{doubt}: the gateway says {said.minor} {said.currency}" if said else doubt
    if target == RefundState.CANCELLED:
        code = "not_sent"
    pause = _FIRST_PAUSES.get(target)
    return {
        "gateway_ref": outcome.gateway_ref or refund.gateway_ref,
        "failure_code": code,
        "failure_detail": detail[:300],
        "claim_url": (outcome.claim_url or refund.claim_url)[:500],
        "finished_at": None if target in OPEN_REFUNDS else at,
        "checks": 0,
        "next_check_at": at + pause if pause else None,
    }
