"""Stripe's words to ours: why payments, refunds and debits fail, and what paid (pure)."""

from collections.abc import Mapping
from typing import Any

from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Instrument, MethodKind

Json = Mapping[str, Any]

SCHEMES = {
    "sepa_debit": DebitScheme.SEPA_CORE,
    "us_bank_account": DebitScheme.ACH,
    "bacs_debit": DebitScheme.BACS,
}
_FAILURES = {
    "insufficient_funds": FailureCode.INSUFFICIENT_FUNDS,
    "expired_card": FailureCode.EXPIRED_CARD,
    "incorrect_cvc": FailureCode.INCORRECT_CVC,
    "invalid_cvc": FailureCode.INCORRECT_CVC,
    "authentication_required": FailureCode.AUTHENTICATION_REQUIRED,
    "authentication_not_handled": FailureCode.AUTHENTICATION_REQUIRED,
    "payment_intent_authentication_failure": FailureCode.AUTHENTICATION_FAILED,
    "setup_intent_authentication_failure": FailureCode.AUTHENTICATION_FAILED,
    "payment_intent_payment_attempt_expired": FailureCode.AUTHENTICATION_EXPIRED,
    "account_closed": FailureCode.ACCOUNT_CLOSED,
    "bank_account_closed": FailureCode.ACCOUNT_CLOSED,
    "bank_account_restricted": FailureCode.ACCOUNT_CLOSED,
    "debit_not_authorized": FailureCode.DEBIT_NOT_AUTHORISED,
    "mandate_invalid": FailureCode.DEBIT_NOT_AUTHORISED,
    "payment_intent_mandate_invalid": FailureCode.DEBIT_NOT_AUTHORISED,
    "incorrect_account_holder_name": FailureCode.ACCOUNT_INVALID,
    "invalid_account_number": FailureCode.ACCOUNT_INVALID,
    "no_account": FailureCode.ACCOUNT_INVALID,
    "bank_account_unusable": FailureCode.ACCOUNT_INVALID,
    "token_already_used": FailureCode.TOKEN_INVALID,
    "resource_missing": FailureCode.TOKEN_INVALID,
    "payment_method_unexpected_state": FailureCode.TOKEN_INVALID,
}
_REFUND_FAILURES = {
    "expired_or_canceled_card": FailureCode.INSTRUMENT_CLOSED,
    "lost_or_stolen_card": FailureCode.INSTRUMENT_CLOSED,
    "declined": FailureCode.REFUND_DECLINED,
    "merchant_request": FailureCode.REFUND_DECLINED,
    "charge_for_pending_refund_disputed": FailureCode.LESS_IS_LEFT,
    "insufficient_funds": FailureCode.GATEWAY_REFUSED,
    "charge_already_refunded": FailureCode.LESS_IS_LEFT,
    "charge_disputed": FailureCode.LESS_IS_LEFT,
}
_HARD = {
    "expired_card", "lost_card", "stolen_card", "pickup_card", "restricted_card",
    "account_closed", "bank_account_closed", "no_account", "debit_not_authorized",
}  # fmt: skip
_DECLINES = {"card_declined", "generic_decline"}


def failure_of(error: Json) -> Failure:
    """Why a payment failed, of `last_payment_error` or an error that was answered.

    The bank's own word (`decline_code`) says more than `card_declined`; what is new to us is a
    plain decline of a card, and otherwise the gateway's refusal.
    """
    code, decline = error.get("code") or "", error.get("decline_code") or ""
    known = _FAILURES.get(decline) or _FAILURES.get(code)
    is_decline = code in _DECLINES or error.get("type") == "card_error"
    plain = FailureCode.CARD_DECLINED if is_decline else FailureCode.GATEWAY_REFUSED
    word = decline or code or error.get("type") or "refused"
    return Failure(
        known or plain,
        f"{word}: {error.get('message') or ''}"[:300],
        hard=bool({code, decline} & _HARD),
        bank_code=error.get("network_decline_code") or "",
    )


def refund_failure_of(code: str, message: str = "", param: str = "") -> Failure:
    """Why a refund failed or was refused."""
    known = _REFUND_FAILURES.get(code)
    if known is None and param == "amount":
        known = FailureCode.LESS_IS_LEFT
    words = ": ".join(part for part in (code, message) if part)
    return Failure(known or FailureCode.GATEWAY_REFUSED, words[:300] or "refused")


def instrument_of(method: Any) -> Instrument | None:
    """What may be shown of a payment method, or of a charge's `payment_method_details`."""
    if not isinstance(method, Mapping) or not isinstance(method.get("type"), str):
        return None
    kind = method["type"]
    facts = method.get(kind)
    if not isinstance(facts, Mapping):
        facts = {}
    last4 = facts.get("last4") or ""
    if kind in ("card", "card_present"):
        wallet = (facts.get("wallet") or {}).get("type") or ""
        return Instrument(
            (MethodKind.WALLET if wallet else MethodKind.CARD).value,
            brand=wallet or facts.get("brand") or "",
            last4=last4,
            exp_month=facts.get("exp_month"),
            exp_year=facts.get("exp_year"),
            fingerprint=str(facts.get("fingerprint") or ""),
        )
    if kind in SCHEMES:
        holder = (method.get("billing_details") or {}).get("name") or ""
        country = facts.get("country") or {"us_bank_account": "US"}.get(kind, "")
        return Instrument(
            MethodKind.BANK_DEBIT.value, SCHEMES[kind].value, last4, country=country, holder=holder
        )
    return Instrument(MethodKind.BANK_REDIRECT.value, brand=kind[:30], last4=last4[-4:])
