"""A gateway that does what a test tells it to, in this process: kind `scripted`.

It is an adapter like any other (registered in the settings while a test asks for `gateway`), not
a stand-in for code of ours: flows call it through the same port.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability, Setting
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.events import Fact, GatewayEvent, Mention, SignatureInvalid
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    Instrument,
    MethodKind,
    NextStep,
    Result,
    StepKind,
)
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest
from factories.aftermath import Afterwards, ScriptedAfterwards
from factories.keeping import CARD, KEPT, Keeping, ScriptedMethods, kept

VISA = Instrument("card", "visa", "4242")
SIGNED = "signed-by-the-scripted-gateway"


class QuietGateway:
    """Nothing goes there, and nothing is wrong with it: the account that a business has anyway."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    methods: ClassVar[frozenset[MethodKind]] = frozenset()
    account_settings: ClassVar[tuple[Setting, ...]] = ()

    def check(self, account: GatewayAccount) -> None:
        """Takes whatever there is."""


@dataclass
class Script:
    """What the gateway will answer, and what it was asked."""

    answers: dict[str, Callable[[ChargeRequest], Outcome]] = field(default_factory=dict)
    charges: list[ChargeRequest] = field(default_factory=list)
    known: dict[str, Outcome] = field(default_factory=dict)
    look_ups: list[str] = field(default_factory=list)
    unreachable: Exception | None = None
    refund_answer: Callable[[RefundRequest], RefundOutcome] | None = None
    refunds: list[RefundRequest] = field(default_factory=list)
    known_refunds: dict[str, RefundOutcome] = field(default_factory=dict)
    after: Afterwards = field(default_factory=Afterwards)
    keeping: Keeping = field(default_factory=Keeping)


class ScriptedGateway(ScriptedAfterwards, ScriptedMethods):
    """Charges by the token: `ok`, `declined`, `lost`, `challenge`, `slow`, `down`, `more`."""

    script: ClassVar[Script] = Script()
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CHARGES,
            Capability.CANCELS,
            Capability.REFUNDS,
            Capability.METHODS,
            Capability.CHARGEBACKS,
            Capability.PAYOUTS,
            Capability.LISTING,
            Capability.EVENTS,
            Capability.MENTIONS,
        }
    )
    methods: ClassVar[frozenset[MethodKind]] = frozenset({MethodKind.CARD})
    account_settings: ClassVar[tuple[Setting, ...]] = (
        Setting("url"),
        Setting("secret_key", is_secret=True),
        Setting("webhook_secret", is_secret=True, is_needed=False),
    )

    def check(self, account: GatewayAccount) -> None:
        """Takes whatever there is."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """Hosted fields that collect nothing."""
        return NextStep(StepKind.COLLECT_FIELDS, script_url="https://gateway.example/fields.js")

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Answers as the token says; what was really charged is in `known`."""
        script = type(self).script
        if script.unreachable:
            raise script.unreachable
        script.charges.append(request)
        custom = script.answers.get(request.source)
        meant = replace(request, source=request.source.removeprefix(KEPT))
        outcome = custom(request) if custom else _answers(meant)
        if request.save and outcome.result is Result.SUCCEEDED:
            shown = script.keeping.shown.get(request.source, CARD)
            outcome = replace(outcome, saved=kept(request.source, shown))
        script.known[request.reference] = outcome
        if request.source == "lost":
            script.known[request.reference] = succeeded(request.reference, request.amount)
        if request.source == "vanished":
            del script.known[request.reference]
        return outcome

    def look_up(self, account: GatewayAccount, reference: str, gateway_ref: str = "") -> Outcome:
        """What became of a reference."""
        script = type(self).script
        script.look_ups.append(reference)
        if script.unreachable:
            raise script.unreachable
        return script.known.get(reference, Outcome(reference, Result.ABSENT))

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Gives back at once, or answers as `refund_answer` says; what it really did is in
        `known_refunds`, which an answer that loses itself writes on its own."""
        script = type(self).script
        if script.unreachable:
            raise script.unreachable
        script.refunds.append(request)
        outcome = (script.refund_answer or refunded)(request)
        if outcome.result != Result.UNKNOWN:
            script.known_refunds[request.reference] = outcome
        return outcome

    def look_up_refund(
        self, account: GatewayAccount, reference: str, charge: str = ""
    ) -> RefundOutcome:
        """What became of a refund."""
        script = type(self).script
        script.look_ups.append(reference)
        if script.unreachable:
            raise script.unreachable
        absent = RefundOutcome(reference, "", Result.ABSENT)
        return script.known_refunds.get(reference, absent)

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """Events as `event()` writes them; the signature is a fixed word."""
        if headers.get("webhook-signature") != SIGNED:
            raise SignatureInvalid
        return self.events_in(account, body=body, at=at)

    def events_in(
        self, account: GatewayAccount, *, body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """What was verified when it came."""
        said = json.loads(body)
        script, reference = type(self).script, said["reference"]
        if said["kind"] == "mention":
            return (GatewayEvent(said["ref"], "mention", at, (Mention("", reference),)),)
        fact = (
            script.known.get(reference)
            or script.known_refunds.get(reference)
            or script.keeping.saved.get(reference)
            or script.after.chargebacks.get(reference)
            or next((one for one in script.after.payouts if one.gateway_ref == reference), None)
        )
        return (GatewayEvent(said["ref"], said["kind"], at, (fact,) if fact else ()),)

    def ask(self, account: GatewayAccount, mention: Mention) -> tuple[Fact, ...]:
        """The charge as it stands, and the refunds that name it."""
        charge = self.look_up(account, mention.reference)
        known = type(self).script.known_refunds.values()
        return (charge, *(one for one in known if one.charge == charge.gateway_ref))


class BrokenGateway(ScriptedGateway):
    """An adapter with a bug: it can't make its fields."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """Breaks."""
        raise KeyError(request.method)


def event(
    ref: str, reference: str, *, kind: str = "charge.updated"
) -> tuple[dict[str, str], bytes]:
    """Headers and body of an event that carries what the gateway knows of `reference`."""
    body = json.dumps({"ref": ref, "kind": kind, "reference": reference})
    return {"webhook-id": ref, "webhook-signature": SIGNED}, body.encode()


def succeeded(reference: str, amount: Money) -> Outcome:
    """The money was moved."""
    return Outcome(reference, Result.SUCCEEDED, f"ch_{reference[-6:]}", amount, VISA)


def refunded(request: RefundRequest, **more: object) -> RefundOutcome:
    """The money was given back; `more` says what is otherwise."""
    facts: dict[str, object] = {
        "result": Result.SUCCEEDED,
        "gateway_ref": f"re_{request.reference[-6:]}",
        "amount": request.amount,
    }
    return RefundOutcome(request.reference, request.charge, **(facts | more))  # type: ignore[arg-type]


def refund_failed(
    request: RefundRequest, code: FailureCode = FailureCode.INSTRUMENT_CLOSED
) -> RefundOutcome:
    """The gateway could not give it back."""
    return refunded(request, result=Result.FAILED, failure=Failure(code, "Account closed"))


def failed(reference: str, code: FailureCode = FailureCode.CARD_DECLINED) -> Outcome:
    """The payer's bank said no."""
    failure = Failure(code, "Do not honour")
    return Outcome(reference, Result.FAILED, f"ch_{reference[-6:]}", failure=failure)


def _answers(request: ChargeRequest) -> Outcome:
    reference = request.reference
    if request.source == "ok":
        return succeeded(reference, request.amount)
    if request.source == "more":
        return succeeded(reference, request.amount + Money(1, request.amount.currency))
    if request.source == "declined":
        return failed(reference)
    if request.source == "challenge":
        step = NextStep(StepKind.REDIRECT, url="https://gateway.example/challenge")
        code = FailureCode.AUTHENTICATION_REQUIRED
        failure = Failure(code, "Ask the payer") if request.is_off_session else None
        return Outcome(
            reference, Result.ACTION_REQUIRED, "ch_challenge", step=step, failure=failure
        )
    if request.source == "slow":
        return Outcome(reference, Result.PROCESSING, "ch_slow")
    if request.source in ("lost", "vanished"):
        return Outcome(reference, Result.UNKNOWN)
    raise KeyError(request.source)
