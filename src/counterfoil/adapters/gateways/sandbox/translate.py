"""Turns the sandbox gateway's words into the port's, both ways; pure, and strict about shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from counterfoil.adapters.answers import Unreadable, text
from counterfoil.adapters.gateways.sandbox import debits
from counterfoil.adapters.gateways.sandbox.shapes import (
    PAGES,
    day,
    instrument_of,
    method_of,
    refused,
)
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.events import Fact, GatewayEvent
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    NextStep,
    Result,
    StepKind,
)
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest

_RESULTS = {
    "succeeded": Result.SUCCEEDED,
    "failed": Result.FAILED,
    "processing": Result.PROCESSING,
    "requires_action": Result.ACTION_REQUIRED,
    "cancelled": Result.CANCELLED,
}
_FAILURES = {
    "card_declined": FailureCode.CARD_DECLINED,
    "insufficient_funds": FailureCode.INSUFFICIENT_FUNDS,
    "expired_card": FailureCode.EXPIRED_CARD,
    "incorrect_cvc": FailureCode.INCORRECT_CVC,
    "page_left": FailureCode.ABANDONED,
    "page_expired": FailureCode.ABANDONED,
    "authentication_failed": FailureCode.AUTHENTICATION_FAILED,
    "authentication_expired": FailureCode.AUTHENTICATION_EXPIRED,
    "authentication_required": FailureCode.AUTHENTICATION_REQUIRED,
}
_HARD = {FailureCode.EXPIRED_CARD}
_NOTHING_MOVED = {Result.FAILED, Result.CANCELLED}
_TOKEN_REFUSALS = {"token_unknown", "token_used", "method_unknown"}
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
_EVENTS = {
    *("charge.succeeded", "charge.failed", "charge.cancelled", "charge.returned"),
    "charge.processing",  # of digital currency that was sent too late
}
_MANDATE_EVENTS = {"mandate.created", "mandate.revoked", "mandate.failed"}
_METHOD_EVENTS = {"method.created", "method.updated", "method.deleted"}
_REFUND_EVENTS = {"refund.succeeded", "refund.failed"}
_TRUEST_FIRST = (
    Result.RETURNED,
    Result.SUCCEEDED,
    Result.PROCESSING,
    Result.ACTION_REQUIRED,
    Result.FAILED,
    Result.CANCELLED,
)


def charge_body(request: ChargeRequest) -> Mapping[str, object]:
    """The body of POST /v1/charges; what is not used is left out."""
    body: dict[str, object] = {
        "amount": request.amount.minor,
        "currency": request.amount.currency,
        "customer": request.customer,
        "reference": request.reference,
        "description": request.description,
        "return_url": request.return_url,
    }
    if request.source:
        body["source"] = request.source
    elif request.method in PAGES:
        body |= {"page": request.method.value, "locale": request.locale}
    if request.mandate:
        body["mandate"] = request.mandate
    if request.save:
        body["save"] = True
    if request.is_off_session:
        body["off_session"] = True
    return body


def outcome_of(charge: Any) -> Outcome:
    """The outcome that a charge object tells; `Unreadable` if a part is missing or odd.

    A failed or cancelled charge moved nothing, so its outcome names no amount. A debit that
    succeeded and came back keeps the status `succeeded` over there.
    """
    try:
        result = _RESULTS[charge["status"]]
        if result is Result.SUCCEEDED and charge.get("returned_at"):
            result = Result.RETURNED
        amount = Money(charge["amount"], charge["currency"])
        settles_at = charge.get("settles_at")
        return Outcome(
            reference=text(charge["reference"]),
            result=result,
            gateway_ref=text(charge["id"]),
            amount=None if result in _NOTHING_MOVED else amount,
            instrument=replace(
                instrument_of(charge["instrument"]),
                fingerprint=str(charge.get("fingerprint") or ""),
            ),
            failure=_failure_of(charge, result),
            step=_step(charge) if result is Result.ACTION_REQUIRED else None,
            settles_on=day(settles_at) if settles_at else None,
            saved=_saved(charge),
            amount_is_open=bool(charge.get("amount_is_open")),
        )
    except (KeyError, TypeError, ValueError, Problem) as error:
        raise Unreadable("not a charge") from error


def _failure_of(charge: Any, result: Result) -> Failure | None:
    code = charge.get("return_code")
    if result is Result.RETURNED:
        return debits.came_back(text(code), "the payer's bank sent the debit back")
    if result is Result.ACTION_REQUIRED and charge["failure"]:
        return _failure(charge["failure"])  # off session: only the payer can take the step
    if result is not Result.FAILED:
        return None
    failed = _failure(charge["failure"])
    return debits.came_back(code, failed.message) if code else failed


def _saved(charge: Any) -> SavedMethod | None:
    """The method that the charge was made by, or that it left."""
    if not charge.get("method"):
        return None
    instrument = instrument_of(charge["instrument"])
    return SavedMethod(text(charge["method"]), instrument, charge.get("mandate") or "")


def truest(charges: Sequence[Any], reference: str) -> Outcome:
    """What became of a reference, of all the charges that carry it; ABSENT if there is none."""
    outcomes = [outcome_of(charge) for charge in charges]
    if any(outcome.reference != reference for outcome in outcomes):
        raise Unreadable("a charge of another reference")
    ranked = sorted(outcomes, key=lambda outcome: _TRUEST_FIRST.index(outcome.result))
    return ranked[0] if ranked else Outcome(reference=reference, result=Result.ABSENT)


def refusal(reference: str, error: Any) -> Outcome:
    """The outcome of a call that the gateway refused before it started anything (4xx)."""
    code, message = refused(error)
    ours = debits.refusal_code(code) or FailureCode.GATEWAY_REFUSED
    if code in _TOKEN_REFUSALS:
        ours = FailureCode.TOKEN_INVALID
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
            reference=text(refund["reference"]) if refund["reference"] else "",
            charge=text(refund["charge"]),
            result=result,
            gateway_ref=text(refund["id"]),
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
    code, message = refused(error)
    ours = _REFUND_FAILURES.get(code, FailureCode.GATEWAY_REFUSED)
    failure = Failure(ours, f"{code}: {message}")
    return RefundOutcome(request.reference, request.charge, Result.FAILED, failure=failure)


def event_of(body: Any) -> GatewayEvent:
    """The event that a webhook's body tells; kinds that we do not know carry no fact."""
    try:
        kind = text(body["type"])
        occurred_at = datetime.fromisoformat(body["created"])
        if occurred_at.tzinfo is None:
            raise Unreadable("an event without a time zone")
        return GatewayEvent(text(body["id"]), kind, occurred_at, _facts(kind, body["data"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("not an event") from error


def _facts(kind: str, data: Any) -> tuple[Fact, ...]:
    if kind in _EVENTS:
        return (outcome_of(data["object"]),)
    if kind in _REFUND_EVENTS:
        return (refund_of(data["object"]),)
    if kind in _MANDATE_EVENTS:
        return (debits.mandate_of(data["object"]),)
    if kind in _METHOD_EVENTS:
        return (method_of(data["object"], is_removed=kind == "method.deleted"),)
    return ()


def _refund_failure(failure: Any) -> Failure:
    code = _REFUND_FAILURES.get(failure["code"], FailureCode.GATEWAY_REFUSED)
    return Failure(code, f"{text(failure['code'])}: {text(failure['message'])}")


def _failure(failure: Any) -> Failure:
    """A code that is new to us is a plain decline; the gateway's words keep what it said."""
    code = _FAILURES.get(failure["code"], FailureCode.CARD_DECLINED)
    message = f"{text(failure['code'])}: {text(failure['message'])}"
    return Failure(code, message, hard=code in _HARD)


def _step(charge: Any) -> NextStep:
    """The bank's check of a card that was typed here, or the gateway's own page."""
    action = charge["next_action"]
    url = text(action["url"])
    if action["type"] != "redirect" or not url.startswith(("https://", "http://")):
        raise Unreadable("not a redirect")
    is_page = charge["instrument"]["kind"] in PAGES
    return NextStep(StepKind.HOSTED_PAGE if is_page else StepKind.REDIRECT, url=url)
