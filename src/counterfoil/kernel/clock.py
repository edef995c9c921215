"""The one place that reads the wall clock; everything below a surface is handed `at`."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment in UTC. Called in surfaces and commands only."""
    return datetime.now(UTC)


def uptime() -> timedelta:
    """A clock that nobody sets, and that goes on while the machine sleeps, where the system has
    such a clock: for how long something took, never for when."""
    ticks = time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    return timedelta(microseconds=ticks // 1000)


def turn(length: timedelta) -> Callable[[], bool]:
    """Whether a turn of this length, which begins now, is over by then."""
    began = uptime()
    return lambda: uptime() - began > length


def going_on(at: datetime) -> Callable[[], datetime]:
    """What time it is by now, for a loop that began `at`: nothing that it comes to late is dated
    back, least of all what is sent then."""
    began = uptime()
    return lambda: at + (uptime() - began)


def local_date(at: datetime, timezone: str) -> date:
    """The calendar date of a moment in an IANA time zone."""
    return at.astimezone(ZoneInfo(timezone)).date()


def rfc3339(at: datetime) -> str:
    """A moment as everybody outside gets it: in UTC, to the millisecond, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
