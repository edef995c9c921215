"""Timers: what happens later by itself, taken in the sequence of its times whenever time passes."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from counterfoil_sandbox.clock import Clock, rfc3339
from counterfoil_sandbox.store import Store

Handler: TypeAlias = Callable[[str], None]


class Timers:
    """The agenda of one sandbox: a kind, the id of what it is about, and a moment."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._handlers: dict[str, Handler] = {}

    def on(self, kind: str, handler: Handler) -> None:
        """Says who takes a kind. A handler looks at the state it finds and may do nothing."""
        self._handlers[kind] = handler

    def set(self, kind: str, subject: str, at: datetime) -> None:
        """Something is due then; the same thing at the same moment is due once."""
        self._store.run(
            "INSERT OR IGNORE INTO timer (at, kind, subject) VALUES (?, ?, ?)",
            rfc3339(at),
            kind,
            subject,
        )

    def clear(self, kind: str, subject: str) -> None:
        """It is not due any more."""
        self._store.run("DELETE FROM timer WHERE kind = ? AND subject = ?", kind, subject)

    def run_due(self, until: datetime | None = None) -> int:
        """Lets everything happen that is due until now, or until a later moment; gives how much.

        Each thing is one transaction, and its times are the moment it was due.
        """
        count = 0
        last = rfc3339(until or self._clock.now())
        while True:
            row = self._store.one(
                "SELECT * FROM timer WHERE at <= ? ORDER BY at, seq LIMIT 1", last
            )
            if row is None:
                return count
            at = datetime.fromisoformat(row["at"])
            with self._store.writing(), self._clock.standing_at(at):
                self._store.run("DELETE FROM timer WHERE seq = ?", row["seq"])
                self._handlers[row["kind"]](row["subject"])
            count += 1
