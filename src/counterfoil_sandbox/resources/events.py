"""Events: what happened, written with the thing itself, and the deliveries that tell of it."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterfoil_sandbox.clock import Clock
from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.ids import new_id
from counterfoil_sandbox.store import Store

RETRY_SECONDS = (1, 3, 10, 30, 120, 600, 1_800, 7_200, 21_600)
ATTEMPTS_MAX = len(RETRY_SECONDS) + 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook that is due, and how often it was tried."""

    event_id: str
    copy: int
    attempts: int
    account_id: str
    body: str


class Events:
    """The event log of every account and the state of its deliveries."""

    def __init__(self, store: Store, clock: Clock, *, deliver: bool) -> None:
        """With `deliver` off, events are kept but never sent, not even after a later start."""
        self._store = store
        self._clock = clock
        self._deliver = deliver

    def record(
        self, account_id: str, kind: str, subject: Mapping[str, object], webhooks: str
    ) -> None:
        """Writes an event about `subject`; `webhooks` is ok, lost or duplicated.

        Called inside the transaction of the change, so no change goes without its event.
        """
        event_id = new_id("evt")
        created = self._clock.stamp()
        body = {"id": event_id, "type": kind, "created": created, "data": {"object": subject}}
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        self._store.insert("event", id=event_id, account_id=account_id, body=text)
        state = "lost" if webhooks == "lost" else "due"
        for copy in range(2 if webhooks == "duplicated" else 1):
            self._store.insert(
                "delivery",
                event_id=event_id,
                copy=copy,
                state=state if self._deliver else "off",
                due_at=time.time(),
            )

    def page(
        self, account_id: str, *, after: str | None, limit: int
    ) -> tuple[list[object], str | None]:
        """The account's events, oldest first, behind `after`; and the id to go on from."""
        seq = 0
        if after is not None:
            row = self._store.one(
                "SELECT seq FROM event WHERE id = ? AND account_id = ?", after, account_id
            )
            if row is None:
                raise invalid("parameter_invalid", "There is no such event.", "after")
            seq = row["seq"]
        rows = self._store.all(
            "SELECT body FROM event WHERE account_id = ? AND seq > ? ORDER BY seq LIMIT ?",
            account_id,
            seq,
            limit + 1,
        )
        found = [json.loads(row["body"]) for row in rows[:limit]]
        return found, found[-1]["id"] if len(rows) > limit else None

    def due(self, now: float, limit: int) -> Sequence[Delivery]:
        """Deliveries whose time has come (real seconds), oldest first."""
        rows = self._store.all(
            "SELECT d.event_id, d.copy, d.attempts, e.account_id, e.body"
            " FROM delivery d JOIN event e ON e.id = d.event_id"
            " WHERE d.state = 'due' AND d.due_at <= ? ORDER BY d.due_at LIMIT ?",
            now,
            limit,
        )
        return [Delivery(**dict(row)) for row in rows]

    def delivered(self, delivery: Delivery) -> None:
        """The receiver took it."""
        self._close(delivery, "delivered")

    def refused(self, delivery: Delivery, now: float) -> bool:
        """The receiver did not take it: tried again later, given up after the tenth time.

        True if it will be tried again.
        """
        if delivery.attempts + 1 >= ATTEMPTS_MAX:
            self._close(delivery, "given_up")
            return False
        self._store.run(
            "UPDATE delivery SET attempts = attempts + 1, due_at = ?"
            " WHERE event_id = ? AND copy = ?",
            now + RETRY_SECONDS[delivery.attempts],
            delivery.event_id,
            delivery.copy,
        )
        return True

    def _close(self, delivery: Delivery, state: str) -> None:
        self._store.run(
            "UPDATE delivery SET attempts = attempts + 1, state = ?"
            " WHERE event_id = ? AND copy = ?",
            state,
            delivery.event_id,
            delivery.copy,
        )
