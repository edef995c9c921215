"""Turns the sandbox gateway's words into the port's, both ways; pure, and strict about shapes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from counterfoil.kernel.errors import Problem
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways import (
    ChargeRequest,
    Fact,
    Failure,
    FailureCode,
    GatewayEvent,
    Instrument,
    NextStep,
    Outcome,
    RefundOutcome,
    RefundRequest,
    Result,
    StepKind,
)

_RESULTS = {
    "succeeded": Result.SUCCEEDED,
    "failed": Result.FAILED,
    "processing": Result.PROCESSING,
    "requires_action": Result.ACTION_REQUIRED,
}
_FAILURES = {
    "card_declined": FailureCode.CARD_DECLINED,
    "insufficient_funds": FailureCode.INSUFFICIENT_FUNDS,
    "expired_card": FailureCode.EXPIRED_CARD,
    "incorrect_cvc": FailureCode.INCORRECT_CVC,
    "authentication_failed": FailureCode.AUTHENTICATION_FAILED,
    "authentication_expired": FailureCode.AUTHENTICATION_EXPIRED,
}
_HARD = {FailureCode.EXPIRED_CARD}
_TOKEN_REFUSALS = {"token_unknown", "token_used"}
_REFUND_RESULTS = {
    "succeeded": Result.SUCCEEDED,
    "failed": Result.FAILED,
    "pending": Result.PROCESSING,
}
_REFUND_FAILURES = {
    "account_closed": FailureCode.INSTRUMENT_CLOSED,
    "declined": FailureCode.REFUND_DECLINED,
    "refund_exceeds_charge": FailureCode.LESS_IS_LEFT,
}
_EVENTS = {"charge.succeeded", "charge.failed"}
_REFUND_EVENTS = {"refund.succeeded", "refund.failed"}
_TRUEST_FIRST = (Result.SUCCEEDED, Result.PROCESSING, Result.ACTION_REQUIRED, Result.FAILED)


class Unreadable(ValueError):
    """The gateway sent something that is not of the agreed shape."""


def charge_body(request: ChargeRequest) -> Mapping[str, object]:
    """The body of POST /v1/charges."""
    return {
        "amount": request.amount.minor,
        "currency": request.amount.currency,
        "source": request.source,
        "customer": request.customer,
        "reference": request.reference,
        "description": request.description,
        "return_url": request.return_url,
    }


def outcome_of(charge: Any) -> Outcome:
    """The outcome that a charge object tells; `Unreadable` if a part is missing or odd.

    A failed charge moved nothing, so its outcome names no amount.
    """
    try:
        result = _RESULTS[charge["status"]]
        amount = Money(charge["amount"], charge["currency"])
        return Outcome(
            reference=_text(charge["reference"]),
            result=result,
            gateway_ref=_text(charge["id"]),
            amount=None if result is Result.FAILED else amount,
            instrument=_instrument(charge["card"]),
            failure=_failure(charge["failure"]) if result is Result.FAILED else None,
            step=_step(charge["next_action"]) if result is Result.ACTION_REQUIRED else None,
        )
    except (KeyError, TypeError, Problem) as error:
        raise Unreadable("not a charge") from error


def truest(charges: Sequence[Any], reference: str) -> Outcome:
    """What became of a reference, of all the charges that carry it; ABSENT if there is none."""
    outcomes = [outcome_of(charge) for charge in charges]
    if any(outcome.reference != reference for outcome in outcomes):
        raise Unreadable("a charge of another reference")
    ranked = sorted(outcomes, key=lambda outcome: _TRUEST_FIRST.index(outcome.result))
    return ranked[0] if ranked else Outcome(reference=reference, result=Result.ABSENT)


def refusal(reference: str, error: Any) -> Outcome:
    """The outcome of a call that the gateway refused before it started anything (4xx)."""
    code, message = _refused(error)
    is_token = code in _TOKEN_REFUSALS
    ours = FailureCode.TOKEN_INVALID if is_token else FailureCode.GATEWAY_REFUSED
    return Outcome(
        reference=reference, result=Result.FAILED, failure=Failure(ours, f"{code}: {message}")
    )


def refund_body(request: RefundRequest) -> Mapping[str, object]:
    """The body of POST /v1/charges/{id}/refunds."""
    return {
        "amount": request.amount.minor,
        "reference": request.reference,
        "reason": request.reason,
    }


def refund_of(refund: Any) -> RefundOutcome:
    """The outcome that a refund object tells; `Unreadable` if a part is missing or odd.

    A refund that was made in the gateway's own dashboard has no reference of ours.
    """
    try:
        result = _REFUND_RESULTS[refund["status"]]
        return RefundOutcome(
            reference=_text(refund["reference"]) if refund["reference"] else "",
            charge=_text(refund["charge"]),
            result=result,
            gateway_ref=_text(refund["id"]),
            amount=Money(refund["amount"], refund["currency"]),
            failure=_refund_failure(refund["failure"]) if result is Result.FAILED else None,
        )
    except (KeyError, TypeError, Problem) as error:
        raise Unreadable("not a refund") from error


def truest_refund(refunds: Sequence[Any], reference: str) -> RefundOutcome:
    """What became of a reference, of all the refunds that carry it; ABSENT if there is none."""
    outcomes = [refund_of(refund) for refund in refunds]
    if any(outcome.reference != reference for outcome in outcomes):
        raise Unreadable("a refund of another reference")
    ranked = sorted(outcomes, key=lambda outcome: _TRUEST_FIRST.index(outcome.result))
    return ranked[0] if ranked else RefundOutcome(reference, "", Result.ABSENT)


def refund_refusal(request: RefundRequest, error: Any) -> RefundOutcome:
    """The outcome of a refund that the gateway refused before it started anything (4xx)."""
    code, message = _refused(error)
    ours = _REFUND_FAILURES.get(code, FailureCode.GATEWAY_REFUSED)
    failure = Failure(ours, f"{code}: {message}")
    return RefundOutcome(request.reference, request.charge, Result.FAILED, failure=failure)


def event_of(body: Any) -> GatewayEvent:
    """The event that a webhook's body tells; kinds that we do not know carry no fact."""
    try:
        kind = _text(body["type"])
        occurred_at = datetime.fromisoformat(body["created"])
        if occurred_at.tzinfo is None:
            raise Unreadable("an event without a time zone")
        return GatewayEvent(_text(body["id"]), kind, occurred_at, _facts(kind, body["data"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("not an event") from error


def _facts(kind: str, data: Any) -> tuple[Fact, ...]:
    if kind in _EVENTS:
        return (outcome_of(data["object"]),)
    if kind in _REFUND_EVENTS:
        return (refund_of(data["object"]),)
    return ()


def _instrument(card: Any) -> Instrument:
    return Instrument("card", brand=_text(card["brand"]), last4=_text(card["last4"]))


def _refused(error: Any) -> tuple[str, str]:
    try:
        return _text(error["error"]["code"]), _text(error["error"]["message"])
    except (KeyError, TypeError) as found:
        raise Unreadable("not a refusal") from found


def _refund_failure(failure: Any) -> Failure:
    code = _REFUND_FAILURES.get(failure["code"], FailureCode.GATEWAY_REFUSED)
    return Failure(code, f"{_text(failure['code'])}: {_text(failure['message'])}")


def _failure(failure: Any) -> Failure:
    """A code that is new to us is a plain decline; the gateway's words keep what it said."""
    code = _FAILURES.get(failure["code"], FailureCode.CARD_DECLINED)
    message = f"{_text(failure['code'])}: {_text(failure['message'])}"
    return Failure(code, message, hard=code in _HARD)


def _step(action: Any) -> NextStep:
    url = _text(action["url"])
    if action["type"] != "redirect" or not url.startswith(("https://", "http://")):
        raise Unreadable("not a redirect")
    return NextStep(StepKind.REDIRECT, url=url)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Unreadable("not a text")
    return value
