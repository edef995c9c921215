"""A gateway that does what a test tells it to, in this process: kind `scripted`.

It is an adapter like any other (registered in the settings while a test asks for `gateway`), not
a stand-in for code of ours: flows call it through the same port.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways import (
    Capability,
    ChargeRequest,
    Failure,
    FailureCode,
    GatewayAccount,
    GatewayEvent,
    Instrument,
    NextStep,
    Outcome,
    RefundOutcome,
    RefundRequest,
    Result,
    SignatureInvalid,
    StepKind,
)

VISA = Instrument("card", "visa", "4242")
SIGNED = "signed-by-the-scripted-gateway"


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


class ScriptedGateway:
    """Charges by the token: `ok`, `declined`, `lost`, `challenge`, `slow`, `down`, `more`."""

    script: ClassVar[Script] = Script()
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability)

    def fields(self, account: GatewayAccount, *, locale: str) -> NextStep:
        """Hosted fields that collect nothing."""
        return NextStep(StepKind.COLLECT_FIELDS, script_url="https://gateway.example/fields.js")

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Answers as the token says; what was really charged is in `known`."""
        script = type(self).script
        if script.unreachable:
            raise script.unreachable
        script.charges.append(request)
        custom = script.answers.get(request.source)
        outcome = custom(request) if custom else _answers(request)
        script.known[request.reference] = outcome
        if request.source == "lost":
            script.known[request.reference] = succeeded(request.reference, request.amount)
        if request.source == "vanished":
            del script.known[request.reference]
        return outcome

    def look_up(self, account: GatewayAccount, reference: str) -> Outcome:
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

    def look_up_refund(self, account: GatewayAccount, reference: str) -> RefundOutcome:
        """What became of a refund."""
        script = type(self).script
        script.look_ups.append(reference)
        if script.unreachable:
            raise script.unreachable
        absent = RefundOutcome(reference, "", Result.ABSENT)
        return script.known_refunds.get(reference, absent)

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> GatewayEvent:
        """Events as `event()` writes them; the signature is a fixed word."""
        if headers.get("webhook-signature") != SIGNED:
            raise SignatureInvalid
        said = json.loads(body)
        script, reference = type(self).script, said["reference"]
        fact = script.known.get(reference) or script.known_refunds.get(reference)
        return GatewayEvent(said["ref"], said["kind"], at, (fact,) if fact else ())


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
        return Outcome(reference, Result.ACTION_REQUIRED, "ch_challenge", step=step)
    if request.source == "slow":
        return Outcome(reference, Result.PROCESSING, "ch_slow")
    if request.source in ("lost", "vanished"):
        return Outcome(reference, Result.UNKNOWN)
    raise KeyError(request.source)
