"""Virtual time: one clock for everybody, and how far the application's own is off."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from counterfoil_sandbox.engine import Engine

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday morning


class VirtualTime:
    """The gateway's clock is the true one; the application reads it with an error (`skew`).

    `later` keeps what is to happen at a moment; whoever lets time pass, lets it happen.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._later: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0
        self.skew = timedelta()

    def true(self) -> datetime:
        """What time it really is."""
        return self._engine.clock.now()

    def now(self) -> datetime:
        """What time the application takes it to be."""
        return self.true() + self.skew

    def monotonic(self) -> float:
        """Seconds that have really passed."""
        return (self.true() - START).total_seconds()

    def time_ns(self) -> int:
        """The application's time, for its ids."""
        return int(self.now().timestamp() * 1_000_000) * 1_000

    def sleep(self, seconds: float) -> None:
        """Lets time pass, and what is due in it happen."""
        end = self.true() + timedelta(seconds=seconds)
        while self._later and self._later[0][0] <= end:
            at, _, act = self._later.pop(0)
            self._advance_to(at)
            act()
        self._advance_to(end)

    def _advance_to(self, at: datetime) -> None:
        seconds = (at - self.true()).total_seconds()
        if seconds > 0:
            self._engine.advance(seconds)

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        """Something happens then."""
        self._count += 1
        self._later.append((moment, self._count, act))
        self._later.sort(key=lambda one: one[:2])

    @property
    def is_something_coming(self) -> bool:
        """Whether anything is still to happen."""
        return bool(self._later)

    def next_at(self) -> datetime | None:
        """When the next thing happens."""
        return self._later[0][0] if self._later else None
