"""Reads of planned payments, as frozen rows."""

from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

GONE_QUIET = timedelta(minutes=2)  # nobody charges for longer than this

_LIVE = "s.state IN ('planned', 'charging')"
_BY_ID = "AND s.id = %(id)s::uuid"
_LOCKED = "AND s.id = %(id)s::uuid FOR UPDATE OF s"
_BY_FORM = "AND s.form_key = %(form_key)s::text"
_BY_ATTEMPT = "AND s.attempt_id = %(attempt_id)s::uuid"
_OF_CUSTOMER = f"AND s.customer_id = %(customer_id)s::uuid AND {_LIVE} ORDER BY s.runs_at, s.id"
_OF_METHOD = f"AND s.method_id = %(method_id)s::uuid AND {_LIVE} ORDER BY s.runs_at, s.id"
_OF_INVOICE = f"""AND {_LIVE} AND EXISTS (
  SELECT FROM arrangements_schedulepart p WHERE p.business_id = s.business_id
    AND p.schedule_id = s.id AND p.invoice_id = %(invoice_id)s::uuid)"""
_DECIDED = """AND s.state IN ('charging', 'failed') AND EXISTS (
  SELECT FROM payments_attempt a WHERE a.business_id = s.business_id AND a.id = s.attempt_id
    AND (a.state IN ('succeeded', 'returned')
      OR s.state = 'charging' AND a.state IN ('failed', 'cancelled')))
ORDER BY s.runs_at, s.id LIMIT 500"""
_LOST = """AND s.state = 'planned' AND (m.removed_at IS NOT NULL OR d.state <> 'active'
  OR NOT EXISTS (
    SELECT FROM arrangements_schedulepart p
    JOIN receivables_openitem o ON o.business_id = p.business_id AND o.id = p.invoice_id
    WHERE p.business_id = s.business_id AND p.schedule_id = s.id AND NOT o.is_void
      AND o.total_minor > o.paid_minor + o.credited_minor + o.written_off_minor))
ORDER BY s.runs_at, s.id LIMIT 500"""
_TO_TELL = """AND s.state = 'planned' AND s.told_at IS NULL
  AND s.runs_at > %(at)s::timestamptz AND s.runs_at <= %(until)s::timestamptz
ORDER BY s.runs_at, s.id LIMIT 500"""
_PAUSE = "interval '4 minutes' * power(2, least(s.tries, 6) - 1)"  # the worker looks every five
_TO_RUN = f"""AND s.runs_at <= %(at)s::timestamptz AND (
  s.state = 'planned' AND coalesce(s.claimed_at + {_PAUSE} <= %(at)s::timestamptz, true)
  OR s.state = 'charging' AND s.attempt_id IS NULL AND s.claimed_at <= %(quiet)s::timestamptz)
ORDER BY s.runs_at, s.id LIMIT 500"""
SCHEDULE = Statement(__package__, "schedules", ScheduleRow, WHICH=_BY_ID)
LOCKED = Statement(__package__, "schedules", ScheduleRow, WHICH=_LOCKED)
OF_FORM = Statement(__package__, "schedules", ScheduleRow, WHICH=_BY_FORM)
OF_ATTEMPT = Statement(__package__, "schedules", ScheduleRow, WHICH=_BY_ATTEMPT)
OF_CUSTOMER = Statement(__package__, "schedules", ScheduleRow, WHICH=_OF_CUSTOMER)
OF_METHOD = Statement(__package__, "schedules", ScheduleRow, WHICH=_OF_METHOD)
OF_INVOICE = Statement(__package__, "schedules", ScheduleRow, WHICH=_OF_INVOICE)
DECIDED = Statement(__package__, "schedules", ScheduleRow, WHICH=_DECIDED)
LOST = Statement(__package__, "schedules", ScheduleRow, WHICH=_LOST)
TO_TELL = Statement(__package__, "schedules", ScheduleRow, WHICH=_TO_TELL)
TO_RUN = Statement(__package__, "schedules", ScheduleRow, WHICH=_TO_RUN)


def schedule(business_id: BusinessId, schedule_id: UUID) -> ScheduleRow:
    """One planned payment, or `NotFound`."""
    found = SCHEDULE.first(business_id=business_id, id=schedule_id)
    if found is None:
        raise NotFound
    return found


def schedule_of_form(business_id: BusinessId, form_key: str) -> ScheduleRow | None:
    """What this form has planned already, if anything."""
    return OF_FORM.first(business_id=business_id, form_key=form_key)


def schedule_of_attempt(business_id: BusinessId, attempt_id: UUID) -> ScheduleRow | None:
    """The plan that this payment carries out, if it does."""
    return OF_ATTEMPT.first(business_id=business_id, attempt_id=attempt_id)


def schedules_of(business_id: BusinessId, customer_id: UUID) -> list[ScheduleRow]:
    """What a customer has planned, the next first."""
    return OF_CUSTOMER.rows(business_id=business_id, customer_id=customer_id)


def schedule_of_invoice(business_id: BusinessId, invoice_id: UUID) -> ScheduleRow | None:
    """The plan that an invoice is in, if it is in one."""
    return OF_INVOICE.first(business_id=business_id, invoice_id=invoice_id)


def schedules_of_method(business_id: BusinessId, method_id: UUID) -> list[ScheduleRow]:
    """What is planned to be paid with this card, the next first."""
    return OF_METHOD.rows(business_id=business_id, method_id=method_id)


def schedules_decided(business_id: BusinessId) -> list[ScheduleRow]:
    """Those whose payment has been decided, or has succeeded late, and that do not know it yet."""
    return DECIDED.rows(business_id=business_id)


def schedules_lost(business_id: BusinessId) -> list[ScheduleRow]:
    """Those that have lost their cause: nothing is due any more, or what pays them is gone."""
    return LOST.rows(business_id=business_id)


def schedules_to_tell(business_id: BusinessId, *, at: datetime) -> list[ScheduleRow]:
    """Those of the next 24 hours whose customer has not been told."""
    until = at + timedelta(hours=24)
    return TO_TELL.rows(business_id=business_id, at=at, until=until)


def schedules_to_run(business_id: BusinessId, *, at: datetime) -> list[ScheduleRow]:
    """Those whose moment has come, after a pause where one was put back, and those that somebody
    took up and never finished."""
    return TO_RUN.rows(business_id=business_id, at=at, quiet=at - GONE_QUIET)
