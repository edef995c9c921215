"""The line to the gateway: the adapter's HTTP calls arrive at the sandbox's desk, or get lost."""

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from counterfoil_sandbox.desk import Answer
from counterfoil_sandbox.doors.door import Call
from counterfoil_sandbox.doors.table import find
from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.resources.traffic.plans import CallFault, Plan
from counterfoil_simulator.machine.actors import Fault, Point
from counterfoil_simulator.machine.clock import VirtualTime
from counterfoil_simulator.machine.database import current_actor
from counterfoil_simulator.machine.weather import Weather

_PATIENCE_SECONDS = 5.0  # of the adapter
_LATEST_SECONDS = 30
_BY_THE_SANDBOX = ("error_before", "error_after", "rate_limited", "truncated", "wrong_amount")
_OF_A_POST = (
    "refused",
    "lost_before",
    "lost_after",
    "late",
    "error_before",
    "error_after",
    "rate_limited",
    "truncated",
    "wrong_amount",
    "wrong_capture",
)
_OF_A_GET = ("refused", "lost_before", "error_before", "rate_limited", "truncated")
_WORDS = {
    "refused": "the gateway can't be reached",
    "lost_before": "the request is lost on its way, nothing happens there",
    "lost_after": "it happens at the gateway, and the answer is lost",
    "late": "no answer in time, and the request arrives {late} s after it was sent",
    "error_before": "the gateway answers 500, nothing happened",
    "error_after": "it happens at the gateway, which answers 500 and keeps that answer",
    "rate_limited": "the gateway answers 429",
    "truncated": "it happens at the gateway, and half of the answer arrives",
    "wrong_capture": "the gateway moves one minor unit more than it was asked to, and says so",
    "wrong_amount": "the gateway's answer says one minor unit more than what moved",
}

Charged = Callable[[str], None]


class GatewayLine:
    """What stands in for HTTP between the real adapter and the sandbox's desk."""

    def __init__(
        self, engine: Engine, account: Account, time: VirtualTime, tell: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._account = account
        self._time = time
        self._tell = tell
        self._weather = Weather()
        self._chance = random.Random(0)  # noqa: S311  a simulation guards nothing
        self.tally: Counter[str] = Counter()
        self.down_until: datetime | None = None
        self.under_way: set[str] = set()  # references of requests that are still to arrive
        self.on_charge: Charged = lambda _key: None

    def become(self, weather: Weather, chance: random.Random) -> None:
        """From now on it is as bad as this."""
        self._weather, self._chance = weather, chance

    def handle(self, request: httpx.Request) -> httpx.Response:
        """One call, from the request to the answer or what is left of it."""
        request.read()
        actor = current_actor()
        faults = actor.meet(Point.CALL)
        if Fault.KILLED_BEFORE in faults:
            actor.die("before the request to the gateway leaves")
        is_down = self.down_until is not None and self._time.true() < self.down_until
        fault = "refused" if is_down else self._drawn(request)
        if fault:
            self._note(request, fault)
        if fault == "refused":
            raise httpx.ConnectError("connection refused", request=request)
        if fault == "lost_before":
            raise self._timed_out(request)
        if fault == "late":
            self._put_off(request)
            raise self._timed_out(request)
        answer = self._arrive(request, fault)
        if Fault.KILLED_AFTER in faults:
            actor.die("while the gateway's answer is on its way")
        if fault == "lost_after" or answer.is_lost:
            raise self._timed_out(request)
        return _response(answer)

    def _drawn(self, request: httpx.Request) -> str:
        names = _OF_A_POST if request.method == "POST" else _OF_A_GET
        fault = self._weather.draw(self._chance, *names)
        return "" if fault == "wrong_capture" and not _is_charge(request) else fault

    def _note(self, request: httpx.Request, fault: str) -> None:
        self.tally[fault] += 1
        if fault != "late":
            self._tell(f"... {request.method} {_short(request)}: {_WORDS[fault]}.")

    def _timed_out(self, request: httpx.Request) -> httpx.ReadTimeout:
        self._time.sleep(_PATIENCE_SECONDS)
        return httpx.ReadTimeout("no answer", request=request)

    def _put_off(self, request: httpx.Request) -> None:
        """The request hangs somewhere and arrives after the caller has given up."""
        seconds = self._chance.randint(6, _LATEST_SECONDS)
        words = _WORDS["late"].format(late=seconds)
        self._tell(f"... {request.method} {_short(request)}: {words}.")
        reference = request.headers.get("idempotency-key", "")
        self.under_way.add(reference)

        def arrives() -> None:
            self.under_way.discard(reference)
            self._tell(f"(the late request {_short(request)} arrives at the gateway)")
            self._arrive(request, "")

        self._time.at(self._time.true() + timedelta(seconds=seconds), arrives)

    def _arrive(self, request: httpx.Request, fault: str) -> Answer:
        if fault in _BY_THE_SANDBOX:
            plan = Plan(account=self._account.id, calls=[CallFault(call=1, fault=fault)])  # type: ignore[arg-type]  # a name among those it knows
            self._engine.plans.set(plan)
        if fault not in ("error_before", "rate_limited") and _is_charge(request):
            self.on_charge(request.headers.get("idempotency-key", ""))
        try:
            return self._at_the_desk(request, extra=int(fault == "wrong_capture"))
        except GatewayError as error:
            body = error.body()
            return Answer(error.status, body, json.dumps(body))
        finally:
            if fault in _BY_THE_SANDBOX:
                self._engine.plans.clear(self._account.id)

    def _at_the_desk(self, request: httpx.Request, *, extra: int) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self._account.secret_key}":
            raise GatewayError(401, "key_required", "Send the secret key.")
        door, parts = find(request.method, request.url.path)
        body = json.loads(request.content) if request.content else {}
        if extra and "amount" in body:
            body["amount"] += extra
        key = request.headers.get("idempotency-key", "")
        call = Call(parts, dict(request.url.params), body, key, self._account)
        return self._engine.desk.at_once(door, call)


def _is_charge(request: httpx.Request) -> bool:
    return (request.method, request.url.path) == ("POST", "/v1/charges")


def _short(request: httpx.Request) -> str:
    """The address without what only machines read."""
    return "/".join(part for part in request.url.path.split("/")[2:] if "_" not in part)


def _response(answer: Answer) -> httpx.Response:
    text = answer.text[: len(answer.text) // 2] if answer.is_truncated else answer.text
    headers = {"Retry-After": answer.retry_after} if answer.retry_after else {}
    return httpx.Response(answer.status, headers=headers, content=text.encode())
