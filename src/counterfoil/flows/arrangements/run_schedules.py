"""Charges planned payments on their day, once each, whoever else runs, and after a day of silence.

A plan is taken up under lock, committed, then charged through the same door as any payment, under
a key that names the plan and its day: a scheduler that died is followed by one that finds its
attempt, and never makes a second, unless that one is proven never to have reached the gateway.
"""

import itertools
from datetime import datetime
from uuid import UUID

from counterfoil.domain.arrangements import operations as arrangements
from counterfoil.domain.arrangements import queries
from counterfoil.domain.arrangements.days import TOO_LATE_AFTER
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.arrangements.states import EndReason
from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.mandates import MandateEnded
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables.operations import BeingPaid, MoreThanDue, NothingDue
from counterfoil.flows.addresses import base_url
from counterfoil.flows.arrangements.conclude_schedule import conclude, end_lost
from counterfoil.flows.letters.send_schedule import send_tomorrow
from counterfoil.flows.pay_invoices import NoGateway, PayCommand, start
from counterfoil.infra.db import reading
from counterfoil.infra.postgres import home
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM, Actor, ActorKind
from counterfoil.kernel.apart import each_apart
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import BusinessId

_NOT_NOW = (BeingPaid, NothingDue, MoreThanDue, NoGateway)


def tick(business_id: BusinessId, *, at: datetime) -> int:
    """Concludes plans whose payment is decided, ends those that have lost their cause, tells of
    what is charged tomorrow and charges what is due; returns how many were charged. One that breaks
    holds up no other. A database that was restored may have lost what was charged on the day,
    and books that contradict themselves may say what is not so: nothing is charged until somebody
    has looked."""
    now, is_held = clock.going_on(at), home.has_moved()
    with reading(business_id):
        is_held = is_held or alarms.is_open(business_id, AlarmKind.BOOKS)
        decided = queries.schedules_decided(business_id)
        lost = queries.schedules_lost(business_id)
    each_apart(decided, lambda row: _conclude(business_id, row, at=at))
    each_apart(lost, lambda row: end_lost(business_id, row, at=at))
    with reading(business_id):
        soon = queries.schedules_to_tell(business_id, at=at)
        due = [] if is_held else queries.schedules_to_run(business_id, at=at)
    each_apart(soon, lambda row: _tell(business_id, row, at=at))
    return sum(each_apart(due, lambda row: charge(business_id, row.id, at=now())))


def _conclude(business_id: BusinessId, row: ScheduleRow, *, at: datetime) -> None:
    if row.attempt_id is not None:
        conclude(business_id, row.attempt_id, at=at)


def _tell(business_id: BusinessId, row: ScheduleRow, *, at: datetime) -> None:
    send_tomorrow(business_id, row.id, at=at)
    arrangements.note_told(business_id, row.id, at=at)


def charge(business_id: BusinessId, schedule_id: UUID, *, at: datetime) -> bool:
    """Charges one plan whose moment has come, if nobody else has; True if a payment was started.

    At most what was agreed, and what is due. Nothing due any more, a method that is gone, a card
    that has expired, or a day that passed without us ends the plan, and its customer is told.
    """
    row = arrangements.claim(business_id, schedule_id, at=at)
    if row is None:
        return False
    _, known = next_try(business_id, row)
    if known is not None:
        _note(business_id, row, known, at=at)
        return False
    reason = _why_not(row, at)
    if reason is not None:
        arrangements.end(business_id, row.id, reason, at=at, by=SYSTEM)
        return False
    return _charge(business_id, row, at=at)


def _key(row: ScheduleRow) -> str:
    return f"schedule:{row.id}:{row.pay_date}"


def next_try(business_id: BusinessId, row: ScheduleRow) -> tuple[str, AttemptRow | None]:
    """The key to charge it by, and what was made by it already; what was surely not sent is tried
    again under a key that counts it."""
    first = key = _key(row)
    with reading(business_id):
        for count in itertools.count(1):
            known = payments.attempt_of_form(business_id, key)
            if known is None or not known.was_not_sent:
                break
            key = f"{first}:{count}"
    return key, known


def _why_not(row: ScheduleRow, at: datetime) -> EndReason | None:
    if at - row.runs_at > TOO_LATE_AFTER:
        return EndReason.TOO_LATE
    if not row.is_method_there:
        return EndReason.METHOD_GONE
    if row.due_parts and row.ends_date and row.ends_date < local_date(at, row.timezone):
        return EndReason.METHOD_ENDED
    return None if row.due_parts else EndReason.NOTHING_DUE


def _charge(business_id: BusinessId, row: ScheduleRow, *, at: datetime) -> bool:
    by = Actor(ActorKind.SYSTEM, f"schedule:{row.id}", row.payer)
    try:
        key, _ = next_try(business_id, row)
        attempt = start(business_id, _command(business_id, row, key), by=by, at=at)
    except _NOT_NOW as problem:
        arrangements.put_back(business_id, row.id, at=at, why=problem.code)
        return False
    except (Refused, NotFound, MandateEnded):
        arrangements.end(business_id, row.id, EndReason.METHOD_GONE, at=at, by=SYSTEM)
        return False
    _note(business_id, row, attempt, at=at)
    return True


def _command(business_id: BusinessId, row: ScheduleRow, key: str) -> PayCommand:
    return PayCommand(
        customer_id=row.customer_id,
        currency=row.currency,
        source="",
        parts=row.due_parts,
        form_key=key,
        site=base_url(business_id),
        payer=row.payer,
        locale=row.locale,
        method_id=row.method_id,
        debit=row.mandate_id,
        is_off_session=True,
    )


def _note(business_id: BusinessId, row: ScheduleRow, attempt: AttemptRow, *, at: datetime) -> None:
    arrangements.note_charge(business_id, row.id, attempt.id, at=at)
    conclude(business_id, attempt.id, at=at)
