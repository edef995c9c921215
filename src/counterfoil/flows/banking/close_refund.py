"""A refund by hand is on our bank's statement: it has left, or it came back."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.states import RefundState
from counterfoil.domain.reconciliation import refund_postings as postings
from counterfoil.flows.refunds.refund_by_hand import NotByHand, moved_at
from counterfoil.flows.refunds.settle_refund import settle_refunds_with
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bank line shows: so much left one of our accounts (below zero), or came to it."""

    bank_account_id: UUID
    amount: Money
    on: date
    ref: str


def close(
    business_id: BusinessId,
    refund_id: UUID,
    shown: Shown,
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> str:
    """Settles a refund by what its line shows, unless somebody has said so already, and closes what
    was on its way; inside an open `run`, its payment under lock. Returns the state of a refund that
    this line alone made sent; empty for any other. Refuses (`NotByHand`) a line that can't be this
    refund's: the other way, another amount, more than is left of the payment."""
    row = queries.refund(business_id, refund_id)
    leaves = shown.amount.minor < 0
    amount = -shown.amount if leaves else shown.amount
    if not row.method or amount != row.amount:
        raise NotByHand
    result, end = Result.SUCCEEDED, RefundState.SUCCEEDED
    if not leaves:
        result, end = Result.RETURNED, RefundState.RETURNED
    moved = moved_at(shown.on, at)
    if row.state != end:
        reference = encode("ref", refund_id)
        told = RefundOutcome(
            reference, "", result, row.gateway_ref or shown.ref[:120], amount=row.amount
        )
        settle_refunds_with(
            business_id, [RefundTold(refund_id, told, moved)], at=at, by=by, quiet=quiet
        )
        if queries.refund(business_id, refund_id).state != end:
            raise NotByHand
    entry = postings.refund_cleared(
        refund_id,
        row.gateway_account_id,
        shown.bank_account_id,
        shown.amount,
        occurred_at=moved,
        memo=encode("ref", refund_id),
    )
    ledger.post(business_id, [entry], at=at)
    return row.state if leaves and row.state != end else ""
