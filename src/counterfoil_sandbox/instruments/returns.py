"""Why a bank sends a debit back: the codes of three schemes, and what each does to a mandate.

SEPA codes are those of ISO 20022, ACH codes those of Nacha, ARUDD codes those of Bacs reports;
DDICA is a Bacs indemnity claim.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """One code: our failure code, its sentence, and the state that it leaves the mandate in."""

    failure_code: str
    message: str
    mandate_status: str = "active"


_NO_FUNDS = ReturnReason("insufficient_funds", "The account has insufficient funds.")
_CLOSED = ReturnReason("account_closed", "The account is closed.", "revoked")
_BLOCKED = ReturnReason("account_blocked", "The account can't be debited.", "revoked")
_NO_MANDATE = ReturnReason("mandate_invalid", "The bank knows no valid mandate.", "revoked")
_DISPUTED = ReturnReason("debit_disputed", "The account holder disputed the debit.", "revoked")
_UNKNOWN = ReturnReason("account_unknown", "The bank knows no such account.", "failed")

RETURN_REASONS = {
    "AM04": _NO_FUNDS,
    "AC01": _UNKNOWN,
    "AC04": _CLOSED,
    "AC06": _BLOCKED,
    "MD01": _NO_MANDATE,
    "MD06": _DISPUTED,
    "R01": _NO_FUNDS,
    "R02": _CLOSED,
    "R03": _UNKNOWN,
    "R07": _NO_MANDATE,
    "R10": _DISPUTED,
    "R16": _BLOCKED,
    "ARUDD-0": _NO_FUNDS,
    "ARUDD-1": _NO_MANDATE,
    "ARUDD-5": _UNKNOWN,
    "ARUDD-B": _CLOSED,
    "DDICA": _DISPUTED,
}
DISPUTED_BY_SCHEME = {"sepa": "MD06", "ach": "R10", "bacs": "DDICA"}
