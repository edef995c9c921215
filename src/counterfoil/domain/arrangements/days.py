"""When a planned day's charge begins (pure): in the morning of the customer's own day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import FieldProblem

MORNING = time(8)  # no clock is put forward or back at this hour anywhere
TOO_LATE_AFTER = timedelta(days=3)


def runs_at(day: date, timezone: str) -> datetime:
    """The moment in UTC."""
    return datetime.combine(day, MORNING, ZoneInfo(timezone)).astimezone(UTC)


def last_day(at: datetime, timezone: str, days_max: int) -> date:
    """The last day that may be chosen now."""
    return local_date(at, timezone) + timedelta(days=days_max)


def first_day(at: datetime, timezone: str) -> date:
    """The first day that may be chosen now: for today there is the button that pays at once."""
    return local_date(at, timezone) + timedelta(days=1)


def check_day(day: date, at: datetime, timezone: str, days_max: int) -> None:
    """Refuses a day that has begun, and one beyond what the business allows."""
    if day < first_day(at, timezone):
        raise FieldProblem("pay_date", "Choose a day from tomorrow on.", code="day_too_early")
    if day > last_day(at, timezone, days_max):
        raise FieldProblem("pay_date", "This day is too far away.", code="day_too_late")
