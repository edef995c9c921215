"""The only writer of planned payments: plan, change, cancel, take up, conclude."""

from datetime import date, datetime
from uuid import UUID

from counterfoil.domain.arrangements import queries
from counterfoil.domain.arrangements.days import runs_at
from counterfoil.domain.arrangements.rows import NewSchedule, ScheduleRow
from counterfoil.domain.arrangements.states import LIVE, SCHEDULE, EndReason, ScheduleState
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.outbox import Happened, follow
from counterfoil.infra.transitions import Move, Stored, begin_many, move_many
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, encode, new_id

SCHEDULES = Stored(SCHEDULE, "arrangements_scheduledpayment")
S = ScheduleState
_EVENTS = {
    S.PAID: "scheduled_payment.paid",
    S.FAILED: "scheduled_payment.failed",
    S.ENDED: "scheduled_payment.ended",
    S.CANCELLED: "scheduled_payment.cancelled",
}


@held_by("arrangements_one_live_schedule")
class PlannedAlready(Conflict):
    """An invoice is in one plan at a time."""

    code = "planned_already"
    message = "A payment of this invoice is planned already. Change or cancel that one."


class BeingCharged(Conflict):
    """Its moment has come."""

    code = "being_charged"
    message = "This payment is being made right now, so it can't be changed any more."


@operation
def plan(business_id: BusinessId, new: NewSchedule, *, at: datetime, by: Actor) -> UUID:
    """Writes down what a customer plans, and returns its id; the same form plans once.

    Refuses an invoice that is in another live plan (`PlannedAlready`). What may be planned is
    checked before.
    """
    schedule_id = new_id()
    rows = execute(
        """
        INSERT INTO arrangements_scheduledpayment (business_id, id, customer_id, method_id,
          mandate_id, state, currency, pay_date, timezone, runs_at, form_key, payer, locale,
          created_at, created_by, tries, end_reason)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(customer_id)s::uuid, %(method_id)s::uuid,
          %(mandate_id)s::uuid, 'planned', %(currency)s::text, %(pay_date)s::date,
          %(timezone)s::text, %(runs_at)s::timestamptz, %(form_key)s::text, %(payer)s::text,
          %(locale)s::text, %(at)s::timestamptz, %(by)s::text, 0, '')
        ON CONFLICT (business_id, form_key) DO NOTHING RETURNING id
        """,
        {
            "business_id": business_id,
            "id": schedule_id,
            "customer_id": new.customer_id,
            "method_id": new.method_id,
            "mandate_id": new.mandate_id,
            "currency": new.currency,
            "pay_date": new.pay_date,
            "timezone": new.timezone,
            "runs_at": runs_at(new.pay_date, new.timezone),
            "form_key": new.form_key,
            "payer": new.payer[:200],
            "locale": new.locale,
            "at": at,
            "by": by.label[:120],
        },
    )
    if not rows:
        known = queries.schedule_of_form(business_id, new.form_key)
        if known is None or known.customer_id != new.customer_id:
            raise NotFound
        return known.id
    _write_parts(business_id, schedule_id, new)
    begin_many(business_id, SCHEDULE, [schedule_id], at=at, by=by)
    return schedule_id


def _write_parts(business_id: BusinessId, schedule_id: UUID, new: NewSchedule) -> None:
    execute(
        """
        INSERT INTO arrangements_schedulepart (business_id, id, schedule_id, invoice_id,
                                               amount_minor)
        SELECT %(business_id)s::uuid, n.id, %(schedule_id)s::uuid, n.invoice_id, n.amount_minor
        FROM unnest(%(ids)s::uuid[], %(invoices)s::uuid[], %(amounts)s::bigint[])
          AS n(id, invoice_id, amount_minor)
        """,
        {
            "business_id": business_id,
            "schedule_id": schedule_id,
            "ids": [new_id() for _ in new.parts],
            "invoices": [invoice_id for invoice_id, _ in new.parts],
            "amounts": [minor for _, minor in new.parts],
        },
    )


@operation
def change_day(business_id: BusinessId, schedule_id: UUID, *, pay_date: date) -> None:
    """Another day, of which the customer will be told anew; refuses (`BeingCharged`) once its
    moment has come."""
    row = _planned(business_id, schedule_id)
    execute(
        """
        UPDATE arrangements_scheduledpayment SET pay_date = %(pay_date)s::date,
          runs_at = %(runs_at)s::timestamptz, told_at = NULL
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": schedule_id,
            "pay_date": pay_date,
            "runs_at": runs_at(pay_date, row.timezone),
        },
    )


@operation
def change_way(
    business_id: BusinessId,
    schedule_id: UUID,
    *,
    method_id: UUID | None,
    mandate_id: UUID | None,
) -> None:
    """Another card or account pays it; that it is the customer's own is checked before. Refuses
    (`BeingCharged`) once its moment has come."""
    _planned(business_id, schedule_id)
    execute(
        """
        UPDATE arrangements_scheduledpayment
        SET method_id = %(method_id)s::uuid, mandate_id = %(mandate_id)s::uuid
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": schedule_id,
            "method_id": method_id,
            "mandate_id": mandate_id,
        },
    )


@operation
def cancel(business_id: BusinessId, schedule_id: UUID, *, at: datetime, by: Actor) -> None:
    """Its customer does not want it any more; refuses (`BeingCharged`) once its moment has
    come."""
    row = _planned(business_id, schedule_id)
    _finish(business_id, row, S.CANCELLED, at=at, by=by)


def _locked(business_id: BusinessId, schedule_id: UUID) -> ScheduleRow:
    found = queries.LOCKED.first(business_id=business_id, id=schedule_id)
    if found is None:
        raise NotFound
    return found


def _planned(business_id: BusinessId, schedule_id: UUID) -> ScheduleRow:
    row = _locked(business_id, schedule_id)
    if row.state == S.CHARGING:
        raise BeingCharged
    if row.state != S.PLANNED:
        raise NotFound
    return row


@operation
def claim(business_id: BusinessId, schedule_id: UUID, *, at: datetime) -> ScheduleRow | None:
    """Takes up a payment whose moment has come; None if somebody else has, or it is over.

    One that was taken up and never finished is taken up again when it has been quiet for long
    enough: its charge has a key of its own, so it can't be made twice.
    """
    row = _locked(business_id, schedule_id)
    is_abandoned = any(
        one.id == schedule_id for one in queries.schedules_to_run(business_id, at=at)
    )
    if not is_abandoned:
        return None
    if row.state == S.PLANNED:
        columns = {"claimed_at": at, "tries": row.tries + 1}
        move = Move(schedule_id, S.PLANNED, S.CHARGING, columns=columns)
        move_many(business_id, SCHEDULES, [move], at=at, by=SYSTEM)
    else:
        execute(
            """
            UPDATE arrangements_scheduledpayment
            SET claimed_at = %(at)s::timestamptz, tries = tries + 1
            WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
            """,
            {"business_id": business_id, "id": schedule_id, "at": at},
        )
    return row


@operation
def put_back(
    business_id: BusinessId,
    schedule_id: UUID,
    *,
    at: datetime,
    why: str,
    attempt_id: UUID | None = None,
) -> None:
    """Nothing was charged: somebody else is paying the invoice, nobody can at the moment, or this
    attempt was surely not sent. It is taken up again, after a pause that grows."""
    row = _locked(business_id, schedule_id)
    if row.state == S.CHARGING and row.attempt_id == attempt_id:
        columns = {"attempt_id": None, "charged_at": None}
        move = Move(schedule_id, S.CHARGING, S.PLANNED, why, columns)
        move_many(business_id, SCHEDULES, [move], at=at, by=SYSTEM)


@operation
def note_charge(
    business_id: BusinessId, schedule_id: UUID, attempt_id: UUID, *, at: datetime
) -> None:
    """Its payment has been started; its outcome concludes it."""
    execute(
        """
        UPDATE arrangements_scheduledpayment
        SET attempt_id = %(attempt_id)s::uuid, charged_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND attempt_id IS NULL
        """,
        {"business_id": business_id, "id": schedule_id, "attempt_id": attempt_id, "at": at},
    )


@operation
def conclude(
    business_id: BusinessId, schedule_id: UUID, *, is_paid: bool, at: datetime, by: Actor
) -> bool:
    """Its payment was decided; False if that is known already."""
    row = _locked(business_id, schedule_id)
    target = S.PAID if is_paid else S.FAILED
    if not SCHEDULE.allows(S(row.state), target):
        return False
    _finish(business_id, row, target, at=at, by=by)
    return True


@operation
def end(
    business_id: BusinessId, schedule_id: UUID, reason: EndReason, *, at: datetime, by: Actor
) -> bool:
    """Ends a plan that is not charged, for this reason; False if it is over, or being charged."""
    row = _locked(business_id, schedule_id)
    if row.state not in LIVE or row.attempt_id is not None:
        return False
    _finish(business_id, row, S.ENDED, at=at, by=by, reason=reason)
    return True


def _finish(
    business_id: BusinessId,
    row: ScheduleRow,
    target: ScheduleState,
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
) -> None:
    columns = {"ended_at": at, "end_reason": str(reason)}
    move = Move(row.id, S(row.state), target, str(reason), columns)
    body = {
        "scheduled_payment": encode("sch", row.id),
        "customer": encode("cus", row.customer_id),
    }
    events = [Happened(_EVENTS[target], body)]
    move_many(business_id, SCHEDULES, [move], at=at, by=by, telling=events)
    execute(
        """
        UPDATE arrangements_schedulepart SET ended_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND schedule_id = %(id)s::uuid
          AND ended_at IS NULL
        """,
        {"business_id": business_id, "id": row.id, "at": at},
    )
    follow(business_id, events)


@operation
def note_told(business_id: BusinessId, schedule_id: UUID, *, at: datetime) -> None:
    """Its customer has been told of it the day before."""
    execute(
        """
        UPDATE arrangements_scheduledpayment SET told_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND told_at IS NULL
        """,
        {"business_id": business_id, "id": schedule_id, "at": at},
    )
