"""Refunds that the business gives back itself: recorded before its transfer or with it, sent,
withdrawn, come back. No gateway is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import AttemptRow, NewRefund, RefundRow
from counterfoil.domain.payments.states import ByHand, RefundState
from counterfoil.flows.refunds.settle_refund import settle_refunds_with
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import Conflict, FieldProblem, InvalidInput
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

REFERENCE_MAX = 120
_NOON = time(12, tzinfo=UTC)  # the same day nearly everywhere


class NotByHand(Conflict):
    """The refund is its gateway's to move, or is not in a state that a person may change."""

    code = "not_by_hand"
    message = "Somebody has dealt with this refund already. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Handed:
    """How the business gives money back. Without a day it has not gone yet: only a transfer can be
    so. `reference` is the cheque's number, or whatever tells it again."""

    method: ByHand = ByHand.BANK_TRANSFER
    on: date | None = None
    reference: str = ""


def begin(
    business_id: BusinessId,
    new: NewRefund,
    handed: Handed,
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> UUID:
    """Records a refund and what is known of it, in one transaction: a transfer that is still to be
    sent only reserves its amount; what has gone is booked and told to the customer.

    Refuses what `begin_refund` refuses, and a day that has not come or is before the payment.
    """
    with reading(business_id):
        attempt = queries.attempt(business_id, new.attempt_id)
    check(business_id, attempt, handed, at=at)

    def work() -> UUID:
        refund_id = refunds.begin_refund(business_id, new, at=at, by=by)
        row = queries.refund(business_id, refund_id)
        result = Result.PROCESSING if handed.on is None else Result.SUCCEEDED
        told = _told(row, result, handed.on, at=at, reference=handed.reference)
        settle_refunds_with(business_id, [told], at=at, by=by, quiet=quiet)
        return refund_id

    return run(business_id, work, is_small=True)


def confirm_sent(
    business_id: BusinessId,
    refund_id: UUID,
    on: date,
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> RefundRow:
    """The business has sent a transfer that was recorded: it is booked, and the customer is told.
    Refuses (`NotByHand`) one that is not to be sent (any more)."""
    with reading(business_id):
        row = queries.refund(business_id, refund_id)
        attempt = queries.attempt(business_id, row.attempt_id)
    check(business_id, attempt, Handed(on=on), at=at)
    return _move(
        business_id,
        refund_id,
        RefundState.PENDING,
        lambda row: _told(row, Result.SUCCEEDED, on, at=at),
        at=at,
        by=by,
        quiet=quiet,
    )


def withdraw(business_id: BusinessId, refund_id: UUID, *, at: datetime, by: Actor) -> RefundRow:
    """The business will not send a transfer that was recorded: no money moved, and its amount is
    free again. Refuses (`NotByHand`) one that is not to be sent (any more)."""
    return _move(
        business_id,
        refund_id,
        RefundState.PENDING,
        lambda row: _told(row, Result.ABSENT, None, at=at),
        at=at,
        by=by,
    )


def take_back(
    business_id: BusinessId,
    refund_id: UUID,
    *,
    at: datetime,
    by: Actor,
    first: Callable[[], None] = lambda: None,
) -> RefundRow:
    """What was recorded as given back did not go, or came back: the customer has it as credit.
    `first` may refuse, the payment under lock. Refuses (`NotByHand`) any other."""
    return _move(
        business_id,
        refund_id,
        RefundState.SUCCEEDED,
        lambda row: _told(row, Result.RETURNED, None, at=at),
        at=at,
        by=by,
        first=first,
    )


def _move(  # noqa: PLR0913  from where, and what is told of it
    business_id: BusinessId,
    refund_id: UUID,
    source: RefundState,
    telling: Callable[[RefundRow], RefundTold],
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
    first: Callable[[], None] = lambda: None,
) -> RefundRow:
    """One step of a refund by hand, its payment under lock: whoever comes second is told so."""

    def work() -> RefundRow:
        row = lock(business_id, refund_id)
        if row.state != source:
            raise NotByHand
        first()
        settle_refunds_with(business_id, [telling(row)], at=at, by=by, quiet=quiet)
        return queries.refund(business_id, refund_id)

    return run(business_id, work, is_small=True)


def lock(business_id: BusinessId, refund_id: UUID) -> RefundRow:
    """A refund by hand, as it is with its payment under lock; refuses (`NotByHand`) any other."""
    row = queries.refund(business_id, refund_id)
    if not row.method:
        raise NotByHand
    refunds.lock_refunded(business_id, [row.attempt_id])
    return queries.refund(business_id, refund_id)


def moved_at(on: date, at: datetime) -> datetime:
    """When money moved of which only the day is known."""
    return min(datetime.combine(on, _NOON), at)


def _told(
    row: RefundRow, result: Result, on: date | None, *, at: datetime, reference: str = ""
) -> RefundTold:
    outcome = RefundOutcome(
        reference=encode("ref", row.id),
        charge="",
        result=result,
        gateway_ref=reference,
        amount=row.amount,
    )
    return RefundTold(row.id, outcome, moved_at(on, at) if on else None)


def check(business_id: BusinessId, attempt: AttemptRow, handed: Handed, *, at: datetime) -> None:
    """Refuses (`InvalidInput`) what can't be, before anything is written: a day that has not come
    or is before the payment, cash or a cheque without a day."""
    problems, on = [], handed.on
    zone = businesses.by_id(business_id).timezone
    paid_at = attempt.finished_at or attempt.created_at
    if on is None and handed.method != ByHand.BANK_TRANSFER:
        problems.append(FieldProblem("sent_on", "Say on which day.", code="required"))
    if on is not None and on > local_date(at, zone):
        problems.append(FieldProblem("sent_on", "The day has not come yet.", code="in_future"))
    if on is not None and on < local_date(paid_at, zone) - timedelta(days=1):
        message = "That is before the money came."
        problems.append(FieldProblem("sent_on", message, code="before_payment"))
    if len(handed.reference) > REFERENCE_MAX:
        message = f"At most {REFERENCE_MAX} characters."
        problems.append(FieldProblem("reference", message, code="too_long"))
    if problems:
        raise InvalidInput(problems)
