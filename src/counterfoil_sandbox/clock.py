"""The sandbox clock: real time plus an offset that only ever grows, and the bank's working days."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.store import Store

_OFFSET = "clock_offset_microseconds"
_MICROSECOND = timedelta(microseconds=1)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_SATURDAY = 5


def rfc3339(at: datetime) -> str:
    """The time in UTC to the millisecond, always 24 characters, so it sorts as text."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:23] + "Z"


def working_days_after(at: datetime, count: int) -> datetime:
    """The same time of day, this many days on which banks work later (Monday to Friday)."""
    for _ in range(count):
        at += timedelta(days=1)
        while at.weekday() >= _SATURDAY:
            at += timedelta(days=1)
    return at


class Clock:
    """What time it is inside the sandbox: it ticks, and it can be moved forward."""

    def __init__(self, store: Store, start: datetime | None = None) -> None:
        """A fresh store begins at `start` (real time if left out); a used one goes on."""
        self._store = store
        self._pinned: datetime | None = None
        known = store.setting(_OFFSET)
        if known is None:
            offset = timedelta() if start is None else start - self._real()
            known = str(offset // _MICROSECOND)
            store.remember(_OFFSET, known)
        self._offset = timedelta(microseconds=int(known))

    def _real(self) -> datetime:
        return datetime.now(UTC)

    @property
    def offset(self) -> timedelta:
        """How far the sandbox is from real time."""
        return self._offset

    def now(self) -> datetime:
        """The time inside the sandbox, in UTC."""
        return self._pinned or self._real() + self._offset

    def today(self) -> date:
        """The day inside the sandbox, in UTC."""
        return self.now().date()

    def stamp(self) -> str:
        """Now, as it is written into objects."""
        return rfc3339(self.now())

    def offset_after(self, seconds: float) -> timedelta:
        """The offset once the clock has moved by `seconds`; refuses to go back or past 9000."""
        if not 0 <= seconds <= (_LATEST - self.now()).total_seconds():
            raise invalid(
                "parameter_invalid",
                "The clock moves forward only, by a number of seconds.",
                "advance_seconds",
            )
        return self._offset + timedelta(seconds=seconds)

    def set_offset(self, offset: timedelta) -> None:
        """Moves the clock so that it stands so far from real time; never back."""
        if offset > self._offset:
            self._store.remember(_OFFSET, str(offset // _MICROSECOND))
            self._offset = offset

    @contextmanager
    def standing_at(self, at: datetime) -> Iterator[None]:
        """Inside, it is this moment: what was due then is written as of then.

        A moment that lies ahead takes the clock with it.
        """
        self.set_offset(at - self._real())
        self._pinned = at
        try:
            yield
        finally:
            self._pinned = None


class VirtualClock(Clock):
    """A clock that stands still until it is moved, for runs without waiting and without chance."""

    _STILL = datetime(2000, 1, 1, tzinfo=UTC)

    def _real(self) -> datetime:
        return self._STILL
