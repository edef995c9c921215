"""The desk: one call from its arrival to its answer, its key, and what goes wrong with it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from counterfoil_sandbox.doors.door import Call, Door, Keyed, Reply
from counterfoil_sandbox.doors.table import find
from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.requests import Request, parse
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.resources.nouns import Nouns
from counterfoil_sandbox.resources.traffic.events import to_json
from counterfoil_sandbox.resources.traffic.faults import Fault
from counterfoil_sandbox.resources.traffic.keys import Claim, Stored
from counterfoil_sandbox.resources.traffic.plans import GOOD, HOLD_SECONDS, Hop

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_RETRY_AFTER = "1"


class AnswerLost(Exception):
    """The answer never came: whether anything happened, the caller can't know."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a body as values and as JSON, or nothing after a while (`is_lost`)."""

    status: int = 200
    body: Any = None
    text: str = ""
    is_replay: bool = False
    is_lost: bool = False
    is_truncated: bool = False
    hold_seconds: float = HOLD_SECONDS
    retry_after: str = ""


@dataclass(slots=True)
class Started:
    """A call that was let in: what is still to be done, or the answer that it has already."""

    door: Door
    call: Call
    hop: Hop = GOOD
    request: Request | None = None
    claim: Claim | None = None
    subject: str = ""
    answer: Answer | None = None


class Desk:
    """Takes calls: `start`, then, after the hop's delay if there is one, `finish`.

    Before it, `catch_up` lets happen what fell due. Between the two, whoever looks a charge up
    sees it `processing`, and whoever comes with the same key is told that it is running.
    """

    def __init__(self, nouns: Nouns) -> None:
        self._nouns = nouns

    def start(self, door: Door, call: Call) -> Started:
        """Lets a call in; raises `GatewayError` if it is refused before anything was begun."""
        started = Started(door, call)
        if call.account is not None and door.operation:
            started.hop = self._nouns.plans.of_call(call.account.id, door.operation)
        if started.hop.fault in _NEVER_ARRIVES:
            started.answer = _NEVER_ARRIVES[started.hop.fault]
            return started
        if door.takes is not None:
            started.request = parse(door.takes, call.body)
        if door.keyed is not Keyed.NEVER:
            self._claim(started)
            if started.answer is None and started.hop is GOOD:
                started.hop = self._account_hop(call)
        return started

    def _account_hop(self, call: Call) -> Hop:
        """Where no plan decides, the account's faults do, for calls that change something."""
        faults = self._nouns.faults.of(call.own.id)
        if faults == Fault():
            return GOOD
        fault = "lost_after" if faults.answers == "lost" else "ok"
        return Hop(fault, faults.delay_seconds)

    def _claim(self, started: Started) -> None:
        door, call = started.door, started.call
        if not call.key and door.keyed is Keyed.MAY:
            return
        if not _KEY.fullmatch(call.key):
            raise GatewayError(
                400, "idempotency_key_required", "Send an Idempotency-Key of 1 to 255 characters."
            )
        assert started.request is not None
        digest = hashlib.sha256(started.request.model_dump_json().encode()).hexdigest()
        claim = Claim(call.own.id, call.key, door.subject(call), digest)
        with self._nouns.store.writing():
            known = self._nouns.keys.known(claim)
            if known is not None:
                body = json.loads(known.text)
                started.answer = Answer(known.status, body, known.text, is_replay=True)
                return
            if door.begin is not None:
                started.subject = door.begin(self._nouns, call, started.request)
            self._nouns.keys.take(claim, started.subject or None)
            started.claim = claim

    def finish(self, started: Started) -> Answer:
        """Does what the call asks for and keeps the answer under its key, both or neither.

        Raises `GatewayError` if it is refused: then nothing was done, and the key is free.
        """
        if started.answer is not None:
            return _spoiled(started.answer, started.hop)
        try:
            with self._nouns.store.writing():
                answer = self._run(started)
        except BaseException:
            if started.claim is not None and not started.subject:
                self._nouns.keys.release(started.claim)
            raise
        return _spoiled(answer, started.hop)

    def _run(self, started: Started) -> Answer:
        door = started.door
        reply: Reply = door.run(self._nouns, started.call, started.subject or started.request)
        answer = Answer(
            reply.status,
            reply.body,
            to_json(reply.body),
            is_replay=reply.is_replay,
            is_lost=reply.is_lost,
        )
        if started.hop.fault == "error_after":
            answer = _FAILED
        if started.claim is not None:
            self._nouns.keys.answer(started.claim, Stored(answer.status, answer.text))
        return answer

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        account: Account | None = None,
        key: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call in this process: refused with `GatewayError`, lost with `AnswerLost`.

        A delay is not waited for; `start` and `finish` leave it to the caller.
        """
        door, parts = find(method, path)
        call = Call(parts, query or {}, {} if body is None else body, key, account)
        answer = self.at_once(door, call)
        if answer.is_lost or answer.is_truncated:
            raise AnswerLost
        return answer

    def at_once(self, door: Door, call: Call) -> Answer:
        """Start and finish in one transaction, without a delay; a lost answer says so."""
        self._nouns.catch_up()
        with self._nouns.store.writing():
            return self.finish(self.start(door, call))

    def finish_interrupted(self) -> int:
        """Ends what a dead process left: charges are decided, other calls are forgotten.

        Gives how many charges there were.
        """
        self._nouns.keys.release_interrupted()
        rows = self._nouns.store.all("SELECT id FROM charge WHERE is_running")
        for row in rows:
            with self._nouns.store.writing():
                body, _ = self._nouns.charges.finish(row["id"])
                self._nouns.keys.answer_interrupted(row["id"], Stored(201, to_json(body)))
        return len(rows)


def _refusal(error: GatewayError) -> Answer:
    return Answer(error.status, error.body(), to_json(error.body()))


_FAILED = _refusal(GatewayError(500, "internal_error", "The gateway failed. Look the charge up."))
_TOO_MANY = _refusal(GatewayError(429, "rate_limited", "Too many calls; come again in a second."))
_NEVER_ARRIVES = {
    "lost_before": Answer(is_lost=True),
    "error_before": _FAILED,
    "rate_limited": replace(_TOO_MANY, retry_after=_RETRY_AFTER),
}


def _spoiled(answer: Answer, hop: Hop) -> Answer:
    """The answer as it reaches the caller."""
    if hop is GOOD:
        return answer
    if hop.fault == "wrong_amount" and "amount" in (answer.body or {}):
        body = answer.body | {"amount": answer.body["amount"] + 1}
        answer = replace(answer, body=body, text=to_json(body))
    is_lost = answer.is_lost or hop.fault == "lost_after"
    return replace(
        answer,
        is_lost=is_lost,
        is_truncated=hop.fault == "truncated",
        hold_seconds=hop.hold_seconds,
    )
