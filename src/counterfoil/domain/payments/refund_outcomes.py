"""What a gateway's word means for a refund: decided here, in plain values, before anything is
written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.outcomes import (
    AMOUNT_MISMATCH,
    CHECK_PAUSES,
    OVER_REFUNDED,
    reason_of,
)
from counterfoil.domain.payments.rows import RefundedPayment, RefundRow
from counterfoil.domain.payments.states import OPEN_REFUNDS, REFUND, RefundState
from counterfoil.infra.transitions import Move
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

WITHDRAWN = "withdrawn"

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
    """An outcome for one of our refunds, whoever brought it; `occurred_at` is when the money moved,
    if that was not just now."""

    refund_id: UUID
    outcome: RefundOutcome
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundChange:
    """What an outcome does to a refund, which is shown as it will be."""

    refund: RefundRow
    source: RefundState
    target: RefundState
    move: Move
    occurred_at: datetime

    @property
    def money_went(self) -> bool:
        """Whether this change, and no other, gives the money back."""
        return self.target == RefundState.SUCCEEDED

    @property
    def was_not_sent(self) -> bool:
        """Whether it had been taken for sent, and the money never went."""
        return self.source == RefundState.SUCCEEDED and not self.money_came_back

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
    said = {one.refund_id: one for one in told}
    given = {one.id: one.refunded_minor for one in payments.values()}
    changes = []
    for refund in refunds:
        payment, outcome = payments[refund.attempt_id], said[refund.id].outcome
        moved_at = said[refund.id].occurred_at or at
        source = RefundState(refund.state)
        doubt = _doubt(refund, outcome, payment.amount_minor - given[payment.id])
        target = _target(refund, outcome, doubt)
        if not REFUND.allows(source, target):
            continue
        columns = _columns(refund, outcome, target, doubt, moved_at)
        is_said = target not in (RefundState.SUCCEEDED, RefundState.CANCELLED)
        code, detail = columns["failure_code"], columns["failure_detail"]
        reason = reason_of(code, detail) if is_said else ""
        move = Move(refund.id, source, target, reason, columns)
        now = replace(refund, state=target.value, **columns)
        changes.append(RefundChange(now, source, target, move, moved_at))
        if target == RefundState.SUCCEEDED:
            given[payment.id] += refund.amount_minor
    return changes


def step_back(refund: RefundRow, was: RefundState, shown_ref: str, *, at: datetime) -> RefundChange:
    """A refund by hand, its payment under lock, was taken for sent by a bank line alone, and the
    line is another's: it is to be sent as before, or not at all where nobody had said that it
    should be. The reference of the line goes, what a person gave stays."""
    to_be_sent = was == RefundState.PENDING
    target = RefundState.PENDING if to_be_sent else RefundState.CANCELLED
    columns: dict[str, Any] = {
        "gateway_ref": "" if refund.gateway_ref == shown_ref else refund.gateway_ref,
        "failure_code": "" if to_be_sent else WITHDRAWN,
        "failure_detail": "",
        "finished_at": None if to_be_sent else at,
        "unsent_times": refund.unsent_times + 1,
    }
    source = RefundState(refund.state)
    move = Move(refund.id, source, target, "", columns)
    return RefundChange(replace(refund, state=target, **columns), source, target, move, at)


def _target(refund: RefundRow, outcome: RefundOutcome, doubt: str) -> RefundState:
    source = RefundState(refund.state)
    if source == RefundState.SUCCEEDED:
        came_back = outcome.result in _CAME_BACK
        return RefundState.RETURNED if came_back else RefundState.SUCCEEDED
    target = _TARGETS[outcome.result]
    if source == RefundState.PENDING and target == RefundState.CANCELLED and not refund.method:
        return source  # a gateway that has taken an order does not lose it
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
        code = WITHDRAWN if refund.method else "not_sent"
    pause = None if refund.method else _FIRST_PAUSES.get(target)
    is_seen = refund.method and target == RefundState.RETURNED  # by whoever says so
    return {
        "gateway_ref": outcome.gateway_ref or refund.gateway_ref,
        "failure_code": code,
        "failure_detail": detail[:300],
        "claim_url": (outcome.claim_url or refund.claim_url)[:500],
        "finished_at": None if target in OPEN_REFUNDS else at,
        "looked_at": at if is_seen else refund.looked_at,
        "checks": 0,
        "next_check_at": at + pause if pause else None,
    }
