"""Fault plans: a script, or chances with a seed, that decides the fate of each call and webhook.

The call's hops are the request, the effect and the answer; the webhook's are its sending, its
moment and its signature. Calls are counted from 1 since the plan was set, of every kind together
and by operation; events likewise, together and by type. The first entry that fits decides; where
none fits, the chances do.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import Field

from counterfoil_sandbox.requests import Code, Request
from counterfoil_sandbox.store import Store

HOLD_SECONDS = 8
EVERY_ACCOUNT = ""
_HITS_KEPT = 1_000
_HUNDRED = 100

CallFaultName: TypeAlias = Literal[
    "lost_before",
    "lost_after",
    "error_before",
    "error_after",
    "rate_limited",
    "truncated",
    "wrong_amount",
    "delay",
]
WebhookFaultName: TypeAlias = Literal[
    "lost", "duplicated", "delayed", "reordered", "forged", "wrong_amount"
]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=10**9)]
CallSeconds: TypeAlias = Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)]
WaitSeconds: TypeAlias = Annotated[float, Field(ge=0, le=30 * 86_400, allow_inf_nan=False)]
Chance: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=_HUNDRED)]


class CallFault(Request):
    """One call's fate: the `call`-th of all, the `nth` of an operation, or every one that fits."""

    call: Count | None = None
    operation: Code | None = None
    nth: Count | None = None
    fault: CallFaultName
    delay_seconds: CallSeconds = 0
    hold_seconds: CallSeconds = HOLD_SECONDS


class WebhookFault(Request):
    """One webhook's fate: of the `event`-th event, of the `nth` of a type, or of all that fit."""

    event: Count | None = None
    type: Code | None = None
    nth: Count | None = None
    fault: WebhookFaultName
    delay_seconds: WaitSeconds = 3_600


class Plan(Request):
    """POST /v1/faults/plan. Chances are percent; what they draw follows from the seed alone."""

    account: Annotated[str, Field(max_length=100)] = EVERY_ACCOUNT
    calls: Annotated[Sequence[CallFault], Field(max_length=1_000)] = ()
    webhooks: Annotated[Sequence[WebhookFault], Field(max_length=1_000)] = ()
    seed: Annotated[int, Field(strict=True)] = 0
    call_chances: Mapping[CallFaultName, Chance] = {}
    webhook_chances: Mapping[WebhookFaultName, Chance] = {}
    call_delay_seconds: CallSeconds = 1
    webhook_delay_seconds: WaitSeconds = 3_600
    hold_seconds: CallSeconds = HOLD_SECONDS


@dataclass(frozen=True, slots=True)
class Hop:
    """What is to become of one call or one webhook; the default is nothing special."""

    fault: str = "ok"
    delay_seconds: float = 0
    hold_seconds: float = HOLD_SECONDS


GOOD = Hop()
_Name = TypeVar("_Name", bound=str)


@dataclass(slots=True)
class _Running:
    plan: Plan
    counts: dict[str, int] = field(default_factory=dict)
    hits: list[dict[str, object]] = field(default_factory=list)

    def count(self, *names: str) -> list[int]:
        """One more under each of these names."""
        for name in names:
            self.counts[name] = self.counts.get(name, 0) + 1
        return [self.counts[name] for name in names]

    def hit(self, name: str, number: int, fault: str) -> None:
        """Keeps what a plan did, for whoever asks what happened."""
        if len(self.hits) < _HITS_KEPT:
            self.hits.append({"name": name, "number": number, "fault": fault})


class Plans:
    """The plans of one sandbox; they last until they are set again or taken away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: dict[str, _Running] = {}
        for row in store.all("SELECT * FROM fault_plan"):
            plan = Plan.model_validate_json(row["plan"])
            running = _Running(plan, json.loads(row["counts"]), json.loads(row["hits"]))
            self._running[row["account_id"]] = running

    def set(self, plan: Plan) -> None:
        """Begins a plan, over the old one; its counts begin again."""
        self._running[plan.account] = _Running(plan)
        self._write(plan.account)

    def clear(self, account_id: str = EVERY_ACCOUNT) -> None:
        """Ends a plan: nothing special happens any more."""
        self._running.pop(account_id, None)
        self._store.run("DELETE FROM fault_plan WHERE account_id = ?", account_id)

    def body(self, account_id: str = EVERY_ACCOUNT) -> dict[str, object] | None:
        """The plan of an account, how far it has run and what it did; none if there is none."""
        running = self._running.get(account_id)
        if running is None:
            return None
        plan = running.plan.model_dump(mode="json")
        return {"plan": plan, "counts": running.counts, "hits": running.hits}

    def is_running(self, account_id: str) -> bool:
        """Whether a plan is at work on this account."""
        return bool(self._running) and self._of(account_id) is not None

    def of_call(self, account_id: str, operation: str) -> Hop:
        """Counts a call, and says what is to become of it."""
        running = self._of(account_id) if self._running else None
        if running is None:
            return GOOD
        number, nth = running.count("calls", operation)
        plan = running.plan
        hop = GOOD
        for entry in plan.calls:
            wanted = (entry.call, entry.operation, entry.nth)
            if _fits(wanted, (number, operation, nth)):
                hop = Hop(entry.fault, entry.delay_seconds, entry.hold_seconds)
                break
        else:
            drawn = _draw(f"{plan.seed} call {number}", plan.call_chances)
            if drawn:
                delay = plan.call_delay_seconds if drawn == "delay" else 0
                hop = Hop(drawn, delay, plan.hold_seconds)
        return self._told(running, operation, number, hop)

    def of_webhook(self, account_id: str, kind: str) -> Hop:
        """Counts an event, and says what is to become of its webhook."""
        running = self._of(account_id) if self._running else None
        if running is None:
            return GOOD
        number, nth = running.count("events", f"event {kind}")
        plan = running.plan
        hop = GOOD
        for entry in plan.webhooks:
            if _fits((entry.event, entry.type, entry.nth), (number, kind, nth)):
                hop = Hop(entry.fault, entry.delay_seconds)
                break
        else:
            drawn = _draw(f"{plan.seed} event {number}", plan.webhook_chances)
            if drawn:
                hop = Hop(drawn, plan.webhook_delay_seconds)
        return self._told(running, kind, number, hop)

    def _told(self, running: _Running, name: str, number: int, hop: Hop) -> Hop:
        if hop is not GOOD:
            running.hit(name, number, hop.fault)
        self._write(running.plan.account)
        return hop

    def _of(self, account_id: str) -> _Running | None:
        return self._running.get(account_id) or self._running.get(EVERY_ACCOUNT)

    def _write(self, account_id: str) -> None:
        running = self._running[account_id]
        self._store.run(
            "INSERT OR REPLACE INTO fault_plan (account_id, plan, counts, hits)"
            " VALUES (?, ?, ?, ?)",
            account_id,
            running.plan.model_dump_json(),
            json.dumps(running.counts),
            json.dumps(running.hits),
        )


def _fits(wanted: tuple[object, ...], found: tuple[object, ...]) -> bool:
    pairs = zip(wanted, found, strict=True)
    return all(one is None or one == other for one, other in pairs)


def _draw(seed: str, chances: Mapping[_Name, int]) -> _Name | None:
    """One of the faults by its chance, or nothing; the same for the same seed."""
    if not chances:
        return None
    place = random.Random(seed).randrange(_HUNDRED)  # noqa: S311  a replayed run guards nothing
    for name in sorted(chances):
        place -= chances[name]
        if place < 0:
            return name
    return None
