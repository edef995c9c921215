"""Brings the gateway's webhooks to our door: lost, doubled, late, out of order, forged."""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from counterfoil_sandbox.clock import rfc3339
from counterfoil_sandbox.engine import Engine
from counterfoil_sandbox.ids import Ids
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.resources.traffic.events import Delivery, to_json
from counterfoil_sandbox.resources.traffic.webhooks import SignedWebhook, sign
from counterfoil_simulator.invariants.seen import SeenAttempt
from counterfoil_simulator.machine.clock import VirtualTime
from counterfoil_simulator.machine.weather import Weather

_LATEST_HOURS = 72
_FATES = ("hook_lost", "hook_twice", "hook_late", "hook_wrong_amount", "hook_unanswered")
_CHECKED = ("charge.", "refund.", "dispute.")
_WORDS = {
    "hook_lost": "is lost for good",
    "hook_twice": "is brought twice",
    "hook_late": "is held up for {hours} h",
    "hook_wrong_amount": "says one minor unit more, under a good signature",
    "hook_unanswered": "is taken, and the gateway does not hear that it was",
}


@dataclass(frozen=True, slots=True)
class Push:
    """One request to our door."""

    headers: Mapping[str, str]
    body: bytes
    ref: str


Door = Callable[[Push], bool]  # whether it answered 2xx


class Courier:
    """Between the gateway's outbox and our door."""

    def __init__(
        self, engine: Engine, account: Account, time: VirtualTime, tell: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._account = account
        self._time = time
        self._tell = tell
        self._weather = Weather()
        self._chance = random.Random(0)  # noqa: S311  a simulation guards nothing
        self._held: dict[tuple[int, int], tuple[datetime, Delivery]] = {}
        self.tally: Counter[str] = Counter()
        self.untold: set[str] = set()  # objects whose events were lost for good

    def become(self, weather: Weather, chance: random.Random) -> None:
        """From now on it is as bad as this."""
        self._weather, self._chance = weather, chance

    @property
    def holds_back(self) -> bool:
        """Whether a webhook is still to come, late."""
        return bool(self._held)

    def let_go(self) -> None:
        """What was held back is on its way now."""
        now = self._time.true()
        self._held = {key: (now, one) for key, (_, one) in self._held.items()}

    def due(self) -> list[Delivery]:
        """What could be brought now: what was held back first."""
        now = self._time.true()
        late = [one for at, one in self._held.values() if at <= now]
        return late + [one.delivery for one in self._engine.due_webhooks(signed_at=now)]

    def bring(self, delivery: Delivery, door: Door) -> None:
        """Brings one webhook to the door, as chance will have it."""
        self.tally["webhooks"] += 1
        self._held.pop(_key(delivery), None)
        fate = self._weather.draw(self._chance, *_FATES)
        if fate == "hook_wrong_amount" and not self._is_checked(delivery):
            fate = ""
        webhook = self._signed(delivery)
        if fate:
            self.tally[fate] += 1
        if fate in ("hook_lost", "hook_late"):
            self._leave(webhook, fate)
            return
        if fate:
            self._tell(f"... webhook {self._about(delivery)} {_WORDS[fate]}.")
        if fate == "hook_wrong_amount":
            webhook = self._signed(delivery, twist="wrong_amount")
        push = Push(webhook.headers, webhook.body, delivery.event_id)
        is_taken = door(push)
        if fate == "hook_twice":
            door(push)
        is_heard = is_taken and fate != "hook_unanswered"
        self._engine.settle_webhook(webhook, is_taken=is_heard)

    def _leave(self, webhook: SignedWebhook, fate: str) -> None:
        """The gateway believes that it came."""
        hours = self._chance.randint(0, _LATEST_HOURS)
        words = _WORDS[fate].format(hours=hours)
        self._tell(f"... webhook {self._about(webhook.delivery)} {words}.")
        self._engine.settle_webhook(webhook, is_taken=True)
        if fate == "hook_lost":
            self.untold.add(subject_of(webhook.delivery.body))
        if fate == "hook_late":
            at = self._time.true() + timedelta(hours=hours, seconds=1)
            self._held[_key(webhook.delivery)] = (at, webhook.delivery)

    def _is_checked(self, delivery: Delivery) -> bool:
        """Whether there is anything to hold the amount against: a bank's taking back, and a refund
        that was made over there, are facts of their own, and no answer to us; and where the payer
        decides how much is sent, what is told is all that can be known."""
        about, told = self._about(delivery), _object_of(delivery.body)
        is_theirs = about.startswith("refund.") and not told["reference"]
        return about.startswith(_CHECKED) and not is_theirs and not told.get("amount_is_open")

    def _about(self, delivery: Delivery) -> str:
        return delivery.body.partition('"type":"')[2].partition('"')[0]

    def _signed(self, delivery: Delivery, twist: str = "") -> SignedWebhook:
        return sign(self._account, replace(delivery, twist=twist), self._time.true())


def subject_of(body: str) -> str:
    """The id of the object that an event is about."""
    return str(_object_of(body)["id"])


def _object_of(body: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)["data"]["object"]
    return found


def forged(account: Account, attempt: SeenAttempt, at: datetime) -> Push:
    """Somebody who knows our door and not the secret pushes a success that never was."""
    card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}
    charge = {
        "id": "ch_forged",
        "status": "succeeded",
        "amount": attempt.amount_minor,
        "currency": attempt.currency,
        "reference": attempt.reference,
        "card": card,
        "instrument": {"kind": "card", **card},
        "failure": None,
        "next_action": None,
    }
    ref = f"evt_forged{attempt.id.hex[-12:]}{at:%H%M%S}"
    event = {"id": ref, "type": "charge.succeeded", "created": rfc3339(at)}
    body = to_json({**event, "data": {"object": charge}})
    stranger = replace(account, webhook_secret=Ids("stranger").webhook_secret())
    signed = sign(stranger, Delivery(ref, 0, 0, 1, "", account.id, body), at)
    return Push(signed.headers, signed.body, ref)


def _key(delivery: Delivery) -> tuple[int, int]:
    return delivery.seq, delivery.copy
