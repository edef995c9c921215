"""Why a payment came to nothing: Mollie's words for cards, and the codes of banks for debits."""

from typing import Any

from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode

_CARDS = {
    "insufficient_funds": FailureCode.INSUFFICIENT_FUNDS,
    "card_expired": FailureCode.EXPIRED_CARD,
    "invalid_cvv": FailureCode.INCORRECT_CVC,
    "authentication_failed": FailureCode.AUTHENTICATION_FAILED,
    "authentication_unavailable_acs": FailureCode.AUTHENTICATION_FAILED,
    "authentication_abandoned": FailureCode.AUTHENTICATION_EXPIRED,
    "authentication_required": FailureCode.AUTHENTICATION_REQUIRED,
}
_BANKS = {  # ISO 20022 reasons of SEPA returns
    "AC01": FailureCode.ACCOUNT_INVALID,
    "BE05": FailureCode.ACCOUNT_INVALID,
    "RC01": FailureCode.ACCOUNT_INVALID,
    "AC04": FailureCode.ACCOUNT_CLOSED,
    "AC06": FailureCode.ACCOUNT_CLOSED,
    "AC13": FailureCode.ACCOUNT_CLOSED,
    "AG01": FailureCode.ACCOUNT_CLOSED,
    "MD07": FailureCode.ACCOUNT_CLOSED,
    "AM04": FailureCode.INSUFFICIENT_FUNDS,
    "MD01": FailureCode.DEBIT_NOT_AUTHORISED,
    "SL01": FailureCode.DEBIT_NOT_AUTHORISED,
    "MD06": FailureCode.DEBIT_CONTESTED,
}
_HARD = {
    FailureCode.EXPIRED_CARD,
    FailureCode.ACCOUNT_CLOSED,
    FailureCode.ACCOUNT_INVALID,
    FailureCode.DEBIT_NOT_AUTHORISED,
    FailureCode.DEBIT_CONTESTED,
}


def failure_of(method: str, details: Any) -> Failure:
    """Why a payment failed, as its `details` tell."""
    known = details if isinstance(details, dict) else {}
    bank_code = str(known.get("bankReasonCode") or "")
    word = str(known.get("failureReason") or "")
    said = known.get("failureMessage") or known.get("bankReason") or ""
    if bank_code or method == "directdebit":
        return returned(bank_code, str(said))
    declined = FailureCode.CARD_DECLINED if method == "creditcard" else FailureCode.GATEWAY_REFUSED
    code = _CARDS.get(word, declined)
    message = ": ".join(text for text in (word, str(said)) if text) or "failed"
    return Failure(code, message, hard=code in _HARD)


def returned(bank_code: str, said: str) -> Failure:
    """Why a bank sent a debit back."""
    code = _BANKS.get(bank_code, FailureCode.GATEWAY_REFUSED)
    message = ": ".join(text for text in (bank_code, said) if text) or "returned"
    return Failure(code, message, hard=code in _HARD, bank_code=bank_code)


def refusal_of(error: Any) -> Failure:
    """What an error says: nothing was begun. `field` names what could not be taken."""
    named = [str(error.get(name)) for name in ("field", "detail") if error.get(name)]
    return Failure(FailureCode.GATEWAY_REFUSED, f"{error['title']}: {' '.join(named)}")
