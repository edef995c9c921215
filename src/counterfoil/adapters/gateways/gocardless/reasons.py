"""Why a debit or a mandate came to nothing: GoCardless's causes, which hold for every scheme."""

from typing import Any

from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode

_CODES = {
    "insufficient_funds": FailureCode.INSUFFICIENT_FUNDS,
    "bank_account_closed": FailureCode.ACCOUNT_CLOSED,
    "bank_account_disabled": FailureCode.ACCOUNT_CLOSED,
    "bank_account_transferred": FailureCode.ACCOUNT_CLOSED,
    "account_blocked": FailureCode.ACCOUNT_CLOSED,
    "account_dormant": FailureCode.ACCOUNT_CLOSED,
    "direct_debit_not_enabled": FailureCode.ACCOUNT_CLOSED,
    "invalid_bank_details": FailureCode.ACCOUNT_INVALID,
    "authorisation_disputed": FailureCode.DEBIT_CONTESTED,
    "refund_requested": FailureCode.DEBIT_CONTESTED,
    "payment_stopped": FailureCode.DEBIT_NOT_AUTHORISED,
    "mandate_cancelled": FailureCode.DEBIT_NOT_AUTHORISED,
    "mandate_expired": FailureCode.DEBIT_NOT_AUTHORISED,
    "mandate_suspended_by_payer": FailureCode.DEBIT_NOT_AUTHORISED,
    "customer_approval_denied": FailureCode.DEBIT_NOT_AUTHORISED,
}
_HARD = {
    FailureCode.ACCOUNT_CLOSED,
    FailureCode.ACCOUNT_INVALID,
    FailureCode.DEBIT_NOT_AUTHORISED,
    FailureCode.DEBIT_CONTESTED,
}
_ERRORS = {
    "mandate_is_inactive": FailureCode.DEBIT_NOT_AUTHORISED,
    "mandate_not_found": FailureCode.DEBIT_NOT_AUTHORISED,
    "available_refund_amount_insufficient": FailureCode.LESS_IS_LEFT,
    "total_amount_confirmation_invalid": FailureCode.LESS_IS_LEFT,
}
CONFLICT = "idempotent_creation_conflict"


def failure_of(details: Any) -> Failure:
    """The failure that an event's `details` tell: our word, theirs for staff, the bank's code."""
    known = details if isinstance(details, dict) else {}
    cause = str(known.get("cause") or "")
    code = _CODES.get(cause, FailureCode.GATEWAY_REFUSED)
    said = [cause, str(known.get("scheme") or ""), str(known.get("description") or "")]
    return Failure(
        code,
        ": ".join(word for word in said if word),
        hard=code in _HARD,
        bank_code=str(known.get("reason_code") or ""),
    )


def refusal_of(body: Any) -> Failure:
    """The failure that an error tells: nothing was begun."""
    error = body["error"]
    rows = [row for row in error.get("errors") or () if isinstance(row, dict)]
    reasons = [str(row.get("reason") or row.get("field") or "") for row in rows]
    code = next((_ERRORS[one] for one in reasons if one in _ERRORS), FailureCode.GATEWAY_REFUSED)
    told = "; ".join(
        f"{reason} {row.get('message') or ''}".strip()
        for reason, row in zip(reasons, rows, strict=True)
    )
    said = f"{error.get('type') or 'refused'}: {told or error.get('message') or ''}"
    return Failure(code, said, hard=code is FailureCode.DEBIT_NOT_AUTHORISED)


def first_try_of(body: Any) -> str:
    """The id of what the first call under this key made, if the error is that there was one."""
    for row in body["error"].get("errors") or ():
        if isinstance(row, dict) and row.get("reason") == CONFLICT:
            links = row.get("links")
            found = links.get("conflicting_resource_id") if isinstance(links, dict) else ""
            return found if isinstance(found, str) else ""
    return ""
