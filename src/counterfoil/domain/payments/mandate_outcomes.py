"""What a gateway's word, or a bank's return code, means for a mandate: decided in plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.outcomes import CHECK_PAUSES
from counterfoil.domain.payments.rows import MandateRow, mandate_place
from counterfoil.domain.payments.states import MANDATE, MandateState
from counterfoil.infra.secrets.box import seal_long
from counterfoil.infra.transitions import Move
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome
from counterfoil.kernel.ports.gateways.mandates import MandateState as Told

NOT_SENT = "not_sent"
REVOKED_BY_PAYER = "revoked_by_payer"
REVOKED_BY_BUSINESS = "revoked_by_business"
_PENDING_PAUSE = CHECK_PAUSES[-1]

_TARGETS = {
    Told.PENDING: MandateState.PENDING,
    Told.ACTIVE: MandateState.ACTIVE,
    Told.REVOKED: MandateState.REVOKED,
    Told.FAILED: MandateState.FAILED,
    Told.EXPIRED: MandateState.EXPIRED,
    Told.UNKNOWN: MandateState.UNKNOWN,
    Told.ABSENT: MandateState.FAILED,
}
# The authority is gone: the account is closed or blocked, the payer withdrew or contests it.
_REVOKING = frozenset(
    {
        "AC04", "AC06", "MD01", "MD06", "MD07", "SL01",  # ISO 20022, SEPA rule books
        "R02", "R05", "R07", "R10", "R14", "R15", "R16", "R29",  # Nacha rules, appendix four
        "ARUDD-1", "ARUDD-2", "ARUDD-3", "ARUDD-6", "ARUDD-B", "DDICA",  # Bacs
    }
)  # fmt: skip
# There never was an account that could be debited.
_FAILING = frozenset({"AC01", "AC13", "AG01", "R03", "R04", "R20", "ARUDD-5"})
ENDED = frozenset({MandateState.FAILED, MandateState.REVOKED, MandateState.EXPIRED})


@dataclass(frozen=True, slots=True)
class MandateTold:
    """What somebody who knows says of one of our mandates."""

    mandate_id: UUID
    outcome: MandateOutcome


@dataclass(frozen=True, slots=True)
class MandateChange:
    """What it does to a mandate, which is shown as it will be."""

    mandate: MandateRow
    target: MandateState
    move: Move


def end_by_code(bank_code: str) -> Told | None:
    """What a debit's return code does to its mandate; None leaves it as it is (no money on the
    account is no reason)."""
    if bank_code in _REVOKING:
        return Told.REVOKED
    return Told.FAILED if bank_code in _FAILING else None


def judge_mandates(
    mandates: Sequence[MandateRow], told: Sequence[MandateTold], *, at: datetime
) -> list[MandateChange]:
    """What is told of mandates under lock; whoever comes second, or late, changes nothing: one
    that has ended stays ended. What concerns none of `mandates` is left out."""
    known = {mandate.id: mandate for mandate in mandates}
    changes: dict[UUID, MandateChange] = {}
    for one in told:
        mandate = known.get(one.mandate_id)
        if mandate is None or mandate.id in changes:
            continue
        source, target = MandateState(mandate.state), _TARGETS[one.outcome.state]
        if MANDATE.allows(source, target):
            changes[mandate.id] = _change(mandate, one.outcome, source, target, at)
    return list(changes.values())


def _change(
    mandate: MandateRow,
    outcome: MandateOutcome,
    source: MandateState,
    target: MandateState,
    at: datetime,
) -> MandateChange:
    columns = _columns(mandate, outcome, target, at)
    move = Move(mandate.id, source, target, columns["end_reason"], columns)
    fields = {f"sealed_{name}" if name == "holder" else name: columns[name] for name in columns}
    return MandateChange(replace(mandate, state=target.value, **fields), target, move)


def _columns(
    mandate: MandateRow, outcome: MandateOutcome, target: MandateState, at: datetime
) -> Mapping[str, Any]:
    shown, is_ended = outcome.instrument, target in ENDED
    reason = outcome.reason or (NOT_SENT if outcome.state == Told.ABSENT else "")
    pauses = {MandateState.UNKNOWN: CHECK_PAUSES[0], MandateState.PENDING: _PENDING_PAUSE}
    pause = pauses.get(target)
    return {
        "gateway_ref": outcome.gateway_ref or mandate.gateway_ref,
        "holder": seal_long(shown.holder[:140], mandate_place(mandate.id, "holder"))
        if shown
        else mandate.sealed_holder,
        "country": shown.country[:2] if shown else mandate.country,
        "last4": shown.last4[:4] if shown else mandate.last4,
        "source_ref": outcome.source or mandate.source_ref,
        "ended_at": at if is_ended else None,
        "end_reason": reason[:120] if is_ended else "",
        "checks": 0,
        "next_check_at": at + pause if pause else None,
    }
