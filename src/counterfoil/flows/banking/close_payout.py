"""A gateway's payout arrives: our bank's statement shows it."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.reconciliation import payout_postings as postings
from counterfoil.domain.reconciliation import payouts
from counterfoil.domain.reconciliation.payout_rows import PayoutRow
from counterfoil.domain.reconciliation.states import PayoutState
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode

_NOON = time(12, tzinfo=UTC)


def arrive(
    business_id: BusinessId,
    payout_id: UUID,
    bank_account_id: UUID,
    on: date,
    *,
    at: datetime,
    by: Actor,
) -> None:
    """A payout, which is locked, is on our bank account: inside an open `run`."""
    row = payouts.payout(business_id, payout_id)
    payouts.move_payout(business_id, payout_id, PayoutState.ARRIVED, at=at, by=by)
    entry = postings.payout_arrived(
        payout_id,
        row.gateway_account_id,
        bank_account_id,
        row.amount,
        occurred_at=min(datetime.combine(on, _NOON), at),
        memo=encode("po", payout_id),
    )
    ledger.post(business_id, [entry], at=at)
    publish(business_id, [Happened("payout.arrived", told_of(row))], at=at)


def told_of(row: PayoutRow) -> dict[str, Any]:
    """What is told of a payout."""
    arrival = row.arrival_date
    return {
        "payout": encode("po", row.id),
        "amount": row.amount_minor,
        "currency": row.currency,
        "arrival_date": arrival.isoformat() if arrival else None,
    }
