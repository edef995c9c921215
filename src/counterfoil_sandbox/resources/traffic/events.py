"""Events: what happened, written with the thing itself, and the deliveries that tell of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterfoil_sandbox.clock import Clock, rfc3339
from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.ids import Ids
from counterfoil_sandbox.resources.traffic.faults import Faults
from counterfoil_sandbox.resources.traffic.plans import GOOD, Hop, Plans
from counterfoil_sandbox.store import Store

RETRY_SECONDS = (1, 3, 10, 30, 120, 600, 1_800, 7_200, 21_600)
ATTEMPTS_MAX = len(RETRY_SECONDS) + 1
OVERTAKEN_SECONDS_MAX = 300
_OVERTAKEN_SECONDS = 1
_REORDERED = "reordered"
_TWISTS = {"forged", "wrong_amount", _REORDERED}
to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook that is due, and how often it was tried."""

    event_id: str
    seq: int
    copy: int
    attempts: int
    twist: str
    account_id: str
    body: str


class Events:
    """The event log of every account and the state of its deliveries."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, *, deliver: bool) -> None:
        """With `deliver` off, events are kept but never sent, not even after a later start."""
        self._store = store
        self._clock = clock
        self._ids = ids
        self._deliver = deliver
        self.faults = Faults(store)
        self.plans = Plans(store)

    def record(
        self, account_id: str, kind: str, subject: Mapping[str, object], *, is_lost: bool = False
    ) -> None:
        """Writes an event about `subject`; its webhook is sent as the account's faults say.

        Called inside the transaction of the change, so no change goes without its event.
        """
        event_id = self._ids.new("evt")
        now = self._clock.now()
        stamp = rfc3339(now)
        body = {"id": event_id, "type": kind, "created": stamp, "data": {"object": subject}}
        seq = self._store.insert("event", id=event_id, account_id=account_id, body=to_json(body))
        hop = self._fate(account_id, kind, is_lost=is_lost)
        self._let_overtaken_go(account_id, now.timestamp())
        for copy in range(2 if hop.fault == "duplicated" else 1):
            self._plan_delivery(seq, copy, hop, now.timestamp())

    def _fate(self, account_id: str, kind: str, *, is_lost: bool) -> Hop:
        hop = self.plans.of_webhook(account_id, kind)
        if is_lost:
            return Hop("lost")
        if hop is GOOD:
            return Hop(self.faults.of(account_id).webhooks)
        return hop

    def _plan_delivery(self, seq: int, copy: int, hop: Hop, now: float) -> None:
        state = "lost" if hop.fault == "lost" else "due"
        waits = {"delayed": hop.delay_seconds, _REORDERED: OVERTAKEN_SECONDS_MAX}
        self._store.insert(
            "delivery",
            event_seq=seq,
            copy=copy,
            state=state if self._deliver else "off",
            due_at=now + waits.get(hop.fault, 0),
            twist=hop.fault if hop.fault in _TWISTS else "",
        )

    def _let_overtaken_go(self, account_id: str, now: float) -> None:
        """A webhook that was held back goes right after the one that overtook it."""
        if self.plans.is_running(account_id):
            self._store.run(
                "UPDATE delivery SET twist = '', due_at = ? WHERE state = 'due' AND twist = ?"
                " AND event_seq IN (SELECT seq FROM event WHERE account_id = ?)",
                now + _OVERTAKEN_SECONDS,
                _REORDERED,
                account_id,
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
        """Deliveries whose time has come (seconds of the sandbox clock), oldest first."""
        rows = self._store.all(
            "SELECT e.id AS event_id, e.seq, d.copy, d.attempts, d.twist, e.account_id, e.body"
            " FROM delivery d JOIN event e ON e.seq = d.event_seq"
            " WHERE d.state = 'due' AND d.due_at <= ?"
            " ORDER BY d.due_at, d.event_seq, d.copy LIMIT ?",
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
            " WHERE event_seq = ? AND copy = ?",
            now + RETRY_SECONDS[delivery.attempts],
            delivery.seq,
            delivery.copy,
        )
        return True

    def _close(self, delivery: Delivery, state: str) -> None:
        self._store.run(
            "UPDATE delivery SET attempts = attempts + 1, state = ?"
            " WHERE event_seq = ? AND copy = ?",
            state,
            delivery.seq,
            delivery.copy,
        )
