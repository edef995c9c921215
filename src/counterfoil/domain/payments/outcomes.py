"""What a gateway's word means for an attempt: decided here, in plain values, before anything is
written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.payments.states import ATTEMPT, OPEN_STATES, AttemptState
from counterfoil.infra.secrets.marks import mark_of
from counterfoil.infra.transitions import Move
from counterfoil.kernel.bank_days import debit_is_known_by
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Instrument, Result

CHECK_PAUSES = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600))
ACTION_PATIENCE = timedelta(minutes=2)
AMOUNT_MISMATCH = "amount_mismatch"
OVER_REFUNDED = "over_refunded"
_CODES = frozenset({AMOUNT_MISMATCH, OVER_REFUNDED, *FailureCode})

_TARGETS = {
    Result.SUCCEEDED: AttemptState.SUCCEEDED,
    Result.FAILED: AttemptState.FAILED,
    Result.PROCESSING: AttemptState.PROCESSING,
    Result.ACTION_REQUIRED: AttemptState.ACTION_REQUIRED,
    Result.UNKNOWN: AttemptState.UNKNOWN,
    Result.ABSENT: AttemptState.CANCELLED,
    Result.CANCELLED: AttemptState.CANCELLED,
    Result.RETURNED: AttemptState.SUCCEEDED,  # first it had; `judge_returns` tells of the rest
}
_FIRST_PAUSES = {
    AttemptState.UNKNOWN: CHECK_PAUSES[0],
    AttemptState.ACTION_REQUIRED: ACTION_PATIENCE,
    AttemptState.PROCESSING: CHECK_PAUSES[-1],
}


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """An outcome for one of our attempts, whoever brought it; `occurred_at` where the money is
    known to have moved at another moment than it is told."""

    attempt_id: UUID
    outcome: Outcome
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What an outcome does to an attempt, which is shown as it will be."""

    attempt: AttemptRow
    target: AttemptState
    move: Move

    @property
    def money_arrived(self) -> bool:
        """Whether this change, and no other, brings the money."""
        return self.target == AttemptState.SUCCEEDED

    @property
    def came_to_nothing(self) -> bool:
        """Proven: no money moved, the invoices are free again."""
        return self.target in (AttemptState.FAILED, AttemptState.CANCELLED)

    @property
    def came_late(self) -> bool:
        """Whether money is on its way after all, of a payment that had come to nothing."""
        return self.move.source == AttemptState.FAILED and self.target == AttemptState.PROCESSING


@dataclass(frozen=True, slots=True)
class Doubt:
    """A success over another amount that moves no state: kept on the attempt for a person, with
    the gateway's id of the charge, by which a refund or a chargeback of it is told."""

    attempt_id: UUID
    detail: str
    gateway_ref: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What outcomes do, all together; `dates` are new days on which debits should be paid,
    `arrivals` what came so far of payments that are sent in parts."""

    changes: tuple[Change, ...]
    doubts: tuple[Doubt, ...]
    dates: tuple[tuple[UUID, date], ...] = ()
    arrivals: tuple[tuple[UUID, int], ...] = ()


def judge(
    attempts: Sequence[AttemptRow], outcomes: Sequence[AttemptOutcome], *, at: datetime
) -> Judged:
    """What a gateway says of attempts under lock; whoever comes second, or late, changes nothing.

    A success over another amount or currency than the attempt's is not believed, unless its payer
    decides how much is sent (then the attempt is over what arrived): the attempt becomes UNKNOWN
    with `amount_mismatch`, for a person to look at. What has failed is under way again only where
    its gateway has seen the money; else that is an older word. Outcomes of attempts that are not
    among `attempts` are left out.
    """
    said = {one.attempt_id: one for one in outcomes}
    changes, doubts, dates, arrivals = [], [], [], []
    for attempt in attempts:
        outcome, moved_at = said[attempt.id].outcome, said[attempt.id].occurred_at or at
        source = AttemptState(attempt.state)
        target = _target(attempt, outcome)
        is_back = source == AttemptState.RETURNED  # of that, only `judge_paid_again` says more
        is_older = source == AttemptState.FAILED and not _is_on_its_way(target, outcome)
        if not (is_back or is_older) and ATTEMPT.allows(source, target):
            changes.append(_change(attempt, outcome, source, target, moved_at))
        elif source != AttemptState.SUCCEEDED and not _agrees(attempt, outcome):
            doubts.append(Doubt(attempt.id, _doubt(attempt, outcome), outcome.gateway_ref))
        elif target == source == AttemptState.PROCESSING and outcome.settles_on:
            dates.append((attempt.id, outcome.settles_on))
        elif target == source and _arrived(attempt, outcome) != attempt.arrived_minor:
            arrivals.append((attempt.id, _arrived(attempt, outcome)))
    return Judged(tuple(changes), tuple(doubts), tuple(dates), tuple(arrivals))


def judge_returns(
    attempts: Sequence[AttemptRow], outcomes: Sequence[AttemptOutcome], *, at: datetime
) -> Judged:
    """Which of these attempts, shown as they are after `judge`, the payer's bank has sent back.

    One that was never told to have succeeded has by now: what came and went is booked both ways,
    and a success that is told later finds it returned. A return of another amount is not believed.
    """
    said = {one.attempt_id: one for one in outcomes if one.outcome.result == Result.RETURNED}
    changes, doubts = [], []
    for attempt in attempts:
        told = said.get(attempt.id)
        if told is None or attempt.state != AttemptState.SUCCEEDED:
            continue
        if not _agrees(attempt, told.outcome):
            detail = _doubt(attempt, told.outcome)
            doubts.append(Doubt(attempt.id, detail, told.outcome.gateway_ref))
            continue
        source, target = AttemptState.SUCCEEDED, AttemptState.RETURNED
        changes.append(_change(attempt, told.outcome, source, target, told.occurred_at or at))
    return Judged(tuple(changes), tuple(doubts))


def judge_paid_again(
    attempt: AttemptRow, outcome: Outcome, returned_at: datetime | None, *, at: datetime
) -> Change | None:
    """Whether a debit under lock that came back has been paid after all: its gateway was asked when
    it had come back at `returned_at`, which is how it still stands, and says so. A success that
    somebody only tells may be older than the return, and is none."""
    source, target = AttemptState.RETURNED, AttemptState.SUCCEEDED
    is_same = attempt.state == source and attempt.finished_at == returned_at
    if not is_same or _target(attempt, outcome) != target or outcome.result != Result.SUCCEEDED:
        return None
    return _change(attempt, outcome, source, target, at)


def _change(
    attempt: AttemptRow,
    outcome: Outcome,
    source: AttemptState,
    target: AttemptState,
    at: datetime,
) -> Change:
    columns = _columns(attempt, outcome, target, at)
    failure = outcome.failure
    reason = _doubt(attempt, outcome)
    if not reason and failure:
        reason = reason_of(failure.code.value, failure.bank_code, failure.message)
    move = Move(attempt.id, source, target, reason, columns)
    return Change(replace(attempt, state=target.value, **columns), target, move)


def _agrees(attempt: AttemptRow, outcome: Outcome) -> bool:
    said = outcome.amount
    if said is None or said == attempt.amount:
        return True
    is_enough = said.currency == attempt.currency and said.minor > attempt.surcharge_minor
    return outcome.amount_is_open and is_enough


def _is_on_its_way(target: AttemptState, outcome: Outcome) -> bool:
    return target == AttemptState.SUCCEEDED or (
        outcome.amount_is_open and outcome.amount is not None
    )


def _arrived(attempt: AttemptRow, outcome: Outcome) -> int:
    """What came so far of what is sent in parts, in minor units."""
    told = outcome.arrived
    if told is None or told.currency != attempt.currency:
        return attempt.arrived_minor
    return told.minor


def _target(attempt: AttemptRow, outcome: Outcome) -> AttemptState:
    target = _TARGETS[outcome.result]
    if target == AttemptState.SUCCEEDED and (
        outcome.amount is None or not _agrees(attempt, outcome)
    ):
        return AttemptState.UNKNOWN
    return target


def reason_of(code: str, *said: str) -> str:
    """What a history keeps of a failure: our own code, so that pages can say it in words, and
    after a colon what the gateway and the bank said themselves, where that is more."""
    behind = ", ".join(one for one in said if one and one != code).removeprefix(f"{code}: ")
    return f"{code}: {behind}" if behind else code


def code_of(reason: str) -> str:
    """The code that a reason begins with; empty for one that a person wrote."""
    code = reason.partition(": ")[0]
    return code if code in _CODES else ""


def _doubt(attempt: AttemptRow, outcome: Outcome) -> str:
    """What is doubted of the gateway's word; empty if it agrees with what was asked."""
    said = outcome.amount
    if said is None or _agrees(attempt, outcome):
        return ""
    return reason_of(AMOUNT_MISMATCH, f"the gateway says {said.minor} {said.currency}")


def _expected(
    attempt: AttemptRow, outcome: Outcome, target: AttemptState, at: datetime
) -> date | None:
    """By about when a debit is known to be paid, where its gateway tells no day."""
    is_told = outcome.settles_on or attempt.settles_date or attempt.expected_date
    if target != AttemptState.PROCESSING or attempt.mandate_id is None or is_told:
        return attempt.expected_date
    return debit_is_known_by(attempt.currency, (attempt.submitted_at or at).date())


def _mark(paid_with: Instrument) -> str:
    """The gateway's own fingerprint is never kept, only what it is known by again."""
    return mark_of("card", paid_with.fingerprint)


def _columns(
    attempt: AttemptRow, outcome: Outcome, target: AttemptState, at: datetime
) -> Mapping[str, Any]:
    paid_with = outcome.instrument
    came_back = target in (AttemptState.FAILED, AttemptState.RETURNED)
    waits = target == AttemptState.ACTION_REQUIRED  # with a failure: nobody is there to take it
    failure = outcome.failure if came_back or waits else None
    detail = failure.message if failure else ""
    code = failure.code.value if failure else ""
    if doubt := _doubt(attempt, outcome):
        code, detail = AMOUNT_MISMATCH, doubt
    if outcome.result == Result.ABSENT:
        code = "not_sent"
    pause = _FIRST_PAUSES.get(target)  # when to ask the gateway first; never of what is over
    arrived = outcome.amount if target == AttemptState.SUCCEEDED else None
    return {
        "amount_minor": arrived.minor if arrived else attempt.amount_minor,
        "gateway_ref": outcome.gateway_ref or attempt.gateway_ref,
        "instrument_kind": paid_with.kind if paid_with else attempt.instrument_kind,
        "instrument_brand": paid_with.brand if paid_with else attempt.instrument_brand,
        "instrument_last4": paid_with.last4 if paid_with else attempt.instrument_last4,
        "instrument_mark": _mark(paid_with) if paid_with else attempt.instrument_mark,
        "failure_code": code,
        "failure_detail": detail[:300],
        "step_url": outcome.step.url if outcome.step else "",
        "step_kind": outcome.step.kind.value if outcome.step else attempt.step_kind,
        "arrived_minor": _arrived(attempt, outcome),
        "settles_date": outcome.settles_on or attempt.settles_date,
        "expected_date": _expected(attempt, outcome, target, at),
        "bank_code": failure.bank_code if failure else "",
        "finished_at": None if target in OPEN_STATES else at,
        "checks": 0,
        "next_check_at": at + pause if pause else None,
    }
