"""Turns Stripe's objects into the port's values; pure, and strict about what money hangs on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from counterfoil.adapters.answers import Unreadable, carried, text, unix_moment
from counterfoil.adapters.gateways.stripe.amounts import of_wire
from counterfoil.adapters.gateways.stripe.words import (
    Json,
    failure_of,
    instrument_of,
    refund_failure_of,
)
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    Instrument,
    NextStep,
    Result,
    StepKind,
)
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

REFERENCE = "reference"  # in the metadata of all that we make
_RESULTS = {
    "succeeded": Result.SUCCEEDED,
    "processing": Result.PROCESSING,
    "requires_capture": Result.PROCESSING,
    "requires_action": Result.ACTION_REQUIRED,
    "requires_confirmation": Result.UNKNOWN,
    "canceled": Result.CANCELLED,
}
_REFUND_RESULTS = {
    "succeeded": Result.SUCCEEDED,
    "pending": Result.PROCESSING,
    "requires_action": Result.PROCESSING,
    "failed": Result.FAILED,
    "canceled": Result.CANCELLED,
}
_MANDATES = {
    "active": MandateState.ACTIVE,
    "pending": MandateState.PENDING,
    "inactive": MandateState.REVOKED,
}


def reference_of(thing: Json) -> str:
    """Our reference on an object, empty if it carries none."""
    return carried(thing, REFERENCE)


def id_of(thing: Any) -> str:
    """The id of an object that may be expanded, or empty."""
    if isinstance(thing, Mapping):
        thing = thing.get("id")
    return thing if isinstance(thing, str) else ""


def day(seconds: Any) -> date | None:
    """The day of a Unix time, if there is one."""
    return unix_moment(seconds).date() if seconds else None


def outcome_of(intent: Json) -> Outcome:
    """The outcome that a PaymentIntent tells; `Unreadable` if a part is missing or odd.

    A failed payment leaves the intent waiting for another payment method; we never give it one,
    so that is the end of it. `succeeded` tells what was received, not what was asked.
    """
    status = text(intent.get("status"))
    error = intent.get("last_payment_error")
    if status == "requires_payment_method":
        result = Result.FAILED if isinstance(error, Mapping) else Result.UNKNOWN
    elif status in _RESULTS:
        result = _RESULTS[status]
    else:
        raise Unreadable("not a status of a payment")
    told = intent["amount_received"] if result is Result.SUCCEEDED else intent.get("amount")
    amount = of_wire(told, intent.get("currency"))
    has_amount = result not in (Result.FAILED, Result.CANCELLED, Result.UNKNOWN)
    return Outcome(
        reference=reference_of(intent),
        result=result,
        gateway_ref=text(intent.get("id")),
        amount=amount if has_amount else None,
        instrument=_paid_by(intent),
        failure=failure_of(error) if result is Result.FAILED and error else None,
        step=_step(intent.get("next_action")) if result is Result.ACTION_REQUIRED else None,
        saved=_saved(intent) if result in (Result.SUCCEEDED, Result.PROCESSING) else None,
    )


def _paid_by(intent: Json) -> Instrument | None:
    charge, error = intent.get("latest_charge"), intent.get("last_payment_error")
    places = (
        charge.get("payment_method_details") if isinstance(charge, Mapping) else None,
        intent.get("payment_method"),
        error.get("payment_method") if isinstance(error, Mapping) else None,
    )
    return next((found for place in places if (found := instrument_of(place))), None)


def _step(action: Any) -> NextStep:
    """The payer's next step: the bank's page, or the page where an account is verified."""
    kind = action.get("type") if isinstance(action, Mapping) else None
    field = {"redirect_to_url": "url", "verify_with_microdeposits": "hosted_verification_url"}
    facts = action.get(kind) if isinstance(action, Mapping) and kind in field else None
    url = facts.get(field[kind]) if isinstance(facts, Mapping) and kind in field else None
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise Unreadable(f"a step that we can't show: {kind}")
    return NextStep(StepKind.REDIRECT, url=url)


def _saved(intent: Json) -> SavedMethod | None:
    method = intent.get("payment_method")
    if intent.get("setup_future_usage") != "off_session" or not isinstance(method, Mapping):
        return None
    charge = intent.get("latest_charge")
    details = charge.get("payment_method_details") if isinstance(charge, Mapping) else None
    kind = (details or {}).get("type", "")
    mandate = id_of(((details or {}).get(kind) or {}).get("mandate"))
    return saved_of(method, mandate=mandate)


def saved_of(method: Json, *, mandate: str = "") -> SavedMethod:
    """A payment method that Stripe keeps; one without a customer it keeps no longer."""
    instrument = instrument_of(method)
    if instrument is None:
        raise Unreadable("not a payment method")
    removed = "customer" in method and not method["customer"]
    return SavedMethod(text(method.get("id")), instrument, mandate, is_removed=removed)


def refusal_of(reference: str, error: Json) -> Outcome:
    """The outcome of a charge that Stripe declined or refused. A decline carries its intent."""
    intent = error.get("payment_intent")
    told = intent if isinstance(intent, Mapping) else {}
    return Outcome(
        reference=reference,
        result=Result.FAILED,
        gateway_ref=id_of(told),
        instrument=_paid_by(told) or instrument_of(error.get("payment_method")),
        failure=failure_of(error),
    )


def refund_of(refund: Json) -> RefundOutcome:
    """The outcome that a Refund tells; one made in Stripe's dashboard has no reference of ours."""
    status = text(refund.get("status"))
    if status not in _REFUND_RESULTS:
        raise Unreadable("not a status of a refund")
    result = _REFUND_RESULTS[status]
    failed = result is Result.FAILED
    return RefundOutcome(
        reference=reference_of(refund),
        charge=charge_of(refund),
        result=result,
        gateway_ref=text(refund.get("id")),
        amount=of_wire(refund.get("amount"), refund.get("currency")),
        failure=refund_failure_of(refund.get("failure_reason") or status) if failed else None,
    )


def charge_of(thing: Json) -> str:
    """What a refund or dispute belongs to, as we know it: the intent, else the bare charge."""
    return text(id_of(thing.get("payment_intent")) or id_of(thing.get("charge")))


def mandate_of(mandate: Json, reference: str = "") -> MandateOutcome:
    """What a Mandate tells; it carries no metadata, so the reference is the asker's."""
    status = text(mandate.get("status"))
    if status not in _MANDATES:
        raise Unreadable("not a status of a mandate")
    method = mandate.get("payment_method")
    return MandateOutcome(
        reference, _MANDATES[status], text(mandate.get("id")), instrument_of(method)
    )


def set_up_of(setup: Json, reference: str = "") -> MandateOutcome:
    """What a SetupIntent of a debit tells of the mandate that it makes."""
    reference = reference_of(setup) or reference
    status = text(setup.get("status"))
    instrument = instrument_of(setup.get("payment_method"))
    mandate, error = setup.get("mandate"), setup.get("last_setup_error")
    gateway_ref = id_of(mandate)
    if status == "succeeded":
        known = mandate.get("status") if isinstance(mandate, Mapping) else "active"
        state = _MANDATES.get(str(known), MandateState.PENDING)
        method = id_of(setup.get("payment_method"))  # its customer's: enough to debit it again
        return MandateOutcome(reference, state, gateway_ref, instrument, source=method)
    if status in ("processing", "requires_confirmation"):
        return MandateOutcome(reference, MandateState.PENDING, gateway_ref, instrument)
    if status == "requires_action":
        step = _step(setup.get("next_action"))
        return MandateOutcome(reference, MandateState.PENDING, gateway_ref, instrument, step=step)
    reason = error.get("code") or "" if isinstance(error, Mapping) else status
    return MandateOutcome(
        reference, MandateState.FAILED, gateway_ref, instrument, reason=reason[:120]
    )


def not_taken(reference: str, message: str) -> Outcome:
    """An amount that Stripe can't move: nothing was sent."""
    failure = Failure(FailureCode.GATEWAY_REFUSED, f"amount: {message}")
    return Outcome(reference=reference, result=Result.FAILED, failure=failure)
