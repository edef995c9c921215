"""Mandates and returned debits in the port's words, both ways (pure).

A bank says why it sends a debit back in a code of its scheme: ISO 20022 external codes for SEPA,
return reason codes of the Nacha rules for ACH, ARUDD and DDICA codes of Bacs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from counterfoil.adapters.answers import Unreadable, text
from counterfoil.adapters.gateways.sandbox.shapes import instrument_of, refused
from counterfoil.kernel.ports.gateways.mandates import (
    DebitScheme,
    MandateOutcome,
    MandateRequest,
    MandateState,
)
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode

SCHEMES = {
    DebitScheme.SEPA_CORE: "sepa",
    DebitScheme.SEPA_B2B: "sepa",
    DebitScheme.ACH: "ach",
    DebitScheme.BACS: "bacs",
}
_STATES = {
    "active": MandateState.ACTIVE,
    "revoked": MandateState.REVOKED,
    "failed": MandateState.FAILED,
}
_EVIDENCE_MAX = 500
_RETURNS = {
    FailureCode.INSUFFICIENT_FUNDS: ("AM04", "R01", "R09", "ARUDD-0"),
    FailureCode.ACCOUNT_CLOSED: ("AC04", "AC06", "R02", "R16", "ARUDD-B"),
    FailureCode.ACCOUNT_INVALID: ("AC01", "R03", "R04", "ARUDD-5"),
    FailureCode.DEBIT_NOT_AUTHORISED: ("MD01", "R07", "R29", "ARUDD-1"),
    FailureCode.DEBIT_CONTESTED: ("MD06", "R10", "R11", "DDICA"),
}
_FAILURE_OF = {code: ours for ours, codes in _RETURNS.items() for code in codes}
_REFUSALS = {
    "mandate_inactive": FailureCode.DEBIT_NOT_AUTHORISED,
    "mandate_required": FailureCode.DEBIT_NOT_AUTHORISED,
}


def refusal_code(code: str) -> FailureCode | None:
    """Why a debit was refused before it started, if it was for its mandate."""
    return _REFUSALS.get(code)


def came_back(code: str, message: str) -> Failure:
    """Why a debit came back, by the bank's code; one that is new to us is a plain refusal."""
    ours = _FAILURE_OF.get(code, FailureCode.GATEWAY_REFUSED)
    is_hard = ours != FailureCode.INSUFFICIENT_FUNDS
    return Failure(ours, message, hard=is_hard, bank_code=code)


def mandate_body(request: MandateRequest) -> Mapping[str, object]:
    """The body of POST /v1/mandates."""
    return {
        "token": request.source,
        "scheme": SCHEMES[request.scheme],
        "reference": request.reference,
        "accepted_at": request.accepted_at.isoformat(),
        "customer": request.customer,
        "evidence": {name: value[:_EVIDENCE_MAX] for name, value in request.evidence.items()},
    }


def mandate_of(mandate: Any) -> MandateOutcome:
    """The outcome that a mandate object tells; `Unreadable` if a part is missing or odd."""
    try:
        return MandateOutcome(
            reference=text(mandate["reference"]),
            state=_STATES[mandate["status"]],
            gateway_ref=text(mandate["id"]),
            instrument=instrument_of(mandate["instrument"]),
            reason=mandate["reason"] or "",
        )
    except (KeyError, TypeError) as error:
        raise Unreadable("not a mandate") from error


def truest_mandate(mandates: Sequence[Any], reference: str) -> MandateOutcome:
    """What became of a reference; ABSENT if the gateway has none."""
    outcomes = [mandate_of(mandate) for mandate in mandates]
    if len(outcomes) > 1 or any(outcome.reference != reference for outcome in outcomes):
        raise Unreadable("a mandate of another reference")
    return outcomes[0] if outcomes else MandateOutcome(reference, MandateState.ABSENT)


def mandate_refusal(reference: str, error: Any) -> MandateOutcome:
    """The outcome of a mandate that the gateway refused before it kept anything (4xx)."""
    code, message = refused(error)
    return MandateOutcome(reference, MandateState.FAILED, reason=f"{code}: {message}")
