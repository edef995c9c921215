"""The sandbox clock: real time plus an offset that only ever grows, kept over restarts."""

from datetime import UTC, datetime, timedelta

from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.store import Store

_OFFSET = "clock_offset_microseconds"
_MICROSECOND = timedelta(microseconds=1)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


def rfc3339(at: datetime) -> str:
    """The time in UTC to the millisecond, always 24 characters, so it sorts as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class Clock:
    """What time it is inside the sandbox."""

    def __init__(self, store: Store, start: datetime | None = None) -> None:
        """A fresh store begins at `start` (real time if left out); a used one goes on."""
        self._store = store
        if store.setting(_OFFSET) is None:
            offset = timedelta() if start is None else start - datetime.now(UTC)
            store.remember(_OFFSET, str(offset // _MICROSECOND))

    @property
    def offset(self) -> timedelta:
        """How far the sandbox is from real time."""
        return timedelta(microseconds=int(self._store.setting(_OFFSET) or "0"))

    def now(self) -> datetime:
        """The time inside the sandbox, in UTC."""
        return datetime.now(UTC) + self.offset

    def stamp(self) -> str:
        """Now, as it is written into objects."""
        return rfc3339(self.now())

    def advance(self, seconds: float) -> None:
        """Moves the clock forward; refuses to go back or past the year 9000."""
        with self._store.writing():
            if not 0 <= seconds <= (_LATEST - self.now()).total_seconds():
                raise invalid(
                    "parameter_invalid",
                    "The clock moves forward only, by a number of seconds.",
                    "advance_seconds",
                )
            offset = self.offset + timedelta(seconds=seconds)
            self._store.remember(_OFFSET, str(offset // _MICROSECOND))
