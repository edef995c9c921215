"""Turns the sandbox gateway's disputes, payouts and movements into the port's words; pure."""

from datetime import date, datetime
from typing import Any

from counterfoil.adapters.answers import Unreadable, text
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, ChargebackTold
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)

_KINDS = {
    "charge": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "refund_reversal": MovementKind.REFUND_REVERSAL,
    "return": MovementKind.RETURN,
    "dispute": MovementKind.CHARGEBACK,
    "dispute_reversal": MovementKind.CHARGEBACK_REVERSAL,
    "fee": MovementKind.FEE,
    "payout_reversal": MovementKind.PAYOUT_REVERSAL,
}


def facts_of(kind: str, found: Any) -> tuple[ChargebackTold | PayoutTold, ...]:
    """The fact of an event about a dispute or a payout; none of any other kind."""
    noun = kind.partition(".")[0]
    if noun == "dispute":
        return (chargeback_of(found),)
    if noun == "payout":
        return (payout_of(found),)
    return ()


def chargeback_of(dispute: Any) -> ChargebackTold:
    """What a dispute object tells. A won one gives its fee back."""
    try:
        stage = ChargebackStage(dispute["status"])
        currency = text(dispute["currency"])
        fee = 0 if stage is ChargebackStage.WON else dispute["fee"]
        return ChargebackTold(
            gateway_ref=text(dispute["id"]),
            charge=text(dispute["charge"]),
            stage=stage,
            amount=Money(dispute["amount"], currency),
            fee=Money(fee, currency),
            reason_code=dispute["reason_code"] or "",
            evidence_due_at=_moment(dispute["evidence_due_at"]),
            opened_at=_moment(dispute["created"]),
            decided_at=_moment(dispute["decided_at"]),
            reference=dispute["reference"] or "",
        )
    except (KeyError, TypeError, ValueError, Problem) as error:
        raise Unreadable("not a dispute") from error


def payout_of(payout: Any) -> PayoutTold:
    """What a payout object tells."""
    try:
        failure = payout["failure"]
        return PayoutTold(
            gateway_ref=text(payout["id"]),
            stage=PayoutStage(payout["status"]),
            amount=Money(payout["amount"], text(payout["currency"])),
            created_at=_needed(payout["created"]),
            arrival_date=date.fromisoformat(payout["arrival_date"]),
            descriptor=text(payout["statement_descriptor"]),
            failure=f"{failure['code']}: {failure['message']}" if failure else "",
        )
    except (KeyError, TypeError, ValueError, Problem) as error:
        raise Unreadable("not a payout") from error


def movement_of(row: Any) -> Movement:
    """One movement of a payout; a kind that is new to us is an adjustment."""
    try:
        currency = text(row["currency"])
        return Movement(
            gateway_ref=text(row["id"]),
            kind=_KINDS.get(row["type"], MovementKind.ADJUSTMENT),
            gross=Money(row["gross"], currency),
            fee=Money(row["fee"], currency),
            net=Money(row["net"], currency),
            occurred_at=_needed(row["created"]),
            source=row["source"] or "",
            charge=row["charge"] or "",
            reference=row["reference"] or "",
        )
    except (KeyError, TypeError, ValueError, Problem) as error:
        raise Unreadable("not a movement") from error


def _moment(value: Any) -> datetime | None:
    return None if value is None else _needed(value)


def _needed(value: Any) -> datetime:
    moment = datetime.fromisoformat(text(value))
    if moment.tzinfo is None:
        raise Unreadable("a time without a zone")
    return moment
