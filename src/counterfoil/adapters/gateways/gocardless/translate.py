"""Turns GoCardless's words for payments, refunds and mandates into the port's; pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from counterfoil.adapters.answers import Unreadable, carried, moment, text
from counterfoil.adapters.gateways.gocardless.reasons import failure_of
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.money import Money, exponent
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    Instrument,
    MethodKind,
    Result,
)
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

OURS = "counterfoil"  # the name of our reference in what GoCardless calls metadata
_DESCRIPTION_LENGTH = 100
_DECIMALS = 2
_RESULTS = {
    "pending_customer_approval": Result.PROCESSING,
    "pending_submission": Result.PROCESSING,
    "submitted": Result.PROCESSING,
    "confirmed": Result.SUCCEEDED,
    "paid_out": Result.SUCCEEDED,
    "failed": Result.FAILED,
    "customer_approval_denied": Result.FAILED,
    "cancelled": Result.CANCELLED,
    "charged_back": Result.RETURNED,
}
_REFUND_RESULTS = {
    "created": Result.PROCESSING,
    "pending_submission": Result.PROCESSING,
    "submitted": Result.PROCESSING,
    "paid": Result.SUCCEEDED,
    "cancelled": Result.CANCELLED,
    "bounced": Result.FAILED,
    "funds_returned": Result.FAILED,
}
_MANDATE_STATES = {
    "pending_customer_approval": MandateState.PENDING,
    "suspended_by_payer": MandateState.PENDING,
    "pending_submission": MandateState.ACTIVE,  # it reaches the bank with its first debit
    "submitted": MandateState.ACTIVE,
    "active": MandateState.ACTIVE,
    "cancelled": MandateState.REVOKED,
    "blocked": MandateState.REVOKED,
    "failed": MandateState.FAILED,
    "expired": MandateState.EXPIRED,
    "consumed": MandateState.EXPIRED,
}
_CAME_IN = {"confirmed", "paid_out"}
_WENT_WRONG = {"failed", "charged_back", "customer_approval_denied", "late_failure_settled"}


def payment_body(request: ChargeRequest) -> Mapping[str, object]:
    """What POST /payments is to make, on the first day that the scheme allows. GoCardless must not
    debit again by itself after a failure: we would not know of that debit's beginning."""
    return {
        "amount": minor_of(request.amount),
        "currency": request.amount.currency,
        "description": request.description[:_DESCRIPTION_LENGTH],
        "metadata": {OURS: request.reference, "customer": request.customer},
        "retry_if_possible": False,
        "links": {"mandate": request.mandate},
    }


def outcome_of(payment: Any, events: Sequence[Any] = ()) -> Outcome:
    """The outcome that a payment tells; its `events` say why it failed, and whether it had come in
    before that. A status that is new to us is UNKNOWN; `Unreadable` if a part is missing or odd."""
    try:
        result = _RESULTS.get(payment["status"], Result.UNKNOWN)
        amount = money(payment["amount"], payment["currency"])
        actions = {event["action"] for event in events}
        if result is Result.FAILED and actions & _CAME_IN:
            result = Result.RETURNED  # a late failure
        has_moved = result in (Result.SUCCEEDED, Result.PROCESSING, Result.RETURNED)
        came_to_nothing = result in (Result.FAILED, Result.RETURNED)
        charge_date = payment["charge_date"]
        return Outcome(
            reference=reference_of(payment),
            result=result,
            gateway_ref=text(payment["id"]),
            amount=amount if has_moved else None,
            instrument=Instrument(MethodKind.BANK_DEBIT, brand=str(payment.get("scheme") or "")),
            failure=_failure(payment, events) if came_to_nothing else None,
            settles_on=date.fromisoformat(charge_date)
            if result is Result.PROCESSING and charge_date
            else None,
        )
    except (KeyError, TypeError, ValueError, Problem) as error:
        raise Unreadable("not a payment") from error


def _failure(payment: Any, events: Sequence[Any]) -> Failure:
    wrong = [event for event in events if event["action"] in _WENT_WRONG]
    latest = max(wrong, key=lambda event: moment(event["created_at"]), default=None)
    if latest is None:
        return Failure(FailureCode.GATEWAY_REFUSED, str(payment["status"]))
    return failure_of(latest.get("details"))


def refund_of(refund: Any) -> RefundOutcome:
    """The outcome that a refund tells; one of the dashboard has no reference of ours."""
    try:
        result = _REFUND_RESULTS.get(refund["status"], Result.UNKNOWN)
        said = str(refund["status"])
        failure = Failure(FailureCode.REFUND_DECLINED, said) if result is Result.FAILED else None
        return RefundOutcome(
            reference=reference_of(refund),
            charge=text(refund["links"]["payment"]),
            result=result,
            gateway_ref=text(refund["id"]),
            amount=money(refund["amount"], refund["currency"]),
            failure=failure,
        )
    except (KeyError, TypeError, ValueError, Problem) as error:
        raise Unreadable("not a refund") from error


def mandate_of(mandate: Any, bank_account: Any = None, reference: str = "") -> MandateOutcome:
    """The outcome that a mandate tells, with the account that it rests on where that is given."""
    try:
        status = text(mandate["status"])
        account = bank_account or {}
        state = _MANDATE_STATES.get(status, MandateState.UNKNOWN)
        return MandateOutcome(
            reference=reference or reference_of(mandate),
            state=state,
            gateway_ref=text(mandate["id"]),
            instrument=Instrument(
                MethodKind.BANK_DEBIT,
                brand=str(mandate.get("scheme") or ""),
                last4=str(account.get("account_number_ending") or ""),
                country=str(account.get("country_code") or ""),
                holder=str(account.get("account_holder_name") or ""),
            ),
            reason="" if state is MandateState.ACTIVE else status,
            source=text(mandate["id"]) if state is MandateState.ACTIVE else "",
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable("not a mandate") from error


def mandate_state(status: str) -> MandateState:
    """What a mandate's status, or the action of an event about it, is in our words."""
    return _MANDATE_STATES.get(status, MandateState.UNKNOWN)


def reference_of(resource: Any) -> str:
    """Our reference on a payment, a refund or a mandate; empty if it carries none."""
    return carried(resource, OURS)


def money(minor: Any, currency: Any) -> Money:
    """An amount; GoCardless counts hundredths, in currencies that have them."""
    if type(minor) is not int or not isinstance(currency, str) or exponent(currency) != _DECIMALS:
        raise Unreadable("not an amount")
    return Money(minor, currency)


def minor_of(amount: Money) -> int:
    """An amount as GoCardless counts it; no currency without hundredths gets there."""
    if exponent(amount.currency) != _DECIMALS:
        raise Unreadable("GoCardless has no such currency")
    return amount.minor
