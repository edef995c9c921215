"""The one place that reads the wall clock; everything below a surface is handed `at`."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment in UTC. Called in surfaces and commands only."""
    return datetime.now(UTC)


def local_date(at: datetime, timezone: str) -> date:
    """The calendar date of a moment in an IANA time zone."""
    return at.astimezone(ZoneInfo(timezone)).date()
