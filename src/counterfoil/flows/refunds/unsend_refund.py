"""A refund by hand was taken for sent by a bank line that is another's: it was not sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import Entry
from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.refund_outcomes import RefundChange, step_back
from counterfoil.domain.payments.states import RefundState
from counterfoil.domain.receivables import postings, reversal_postings, reversing
from counterfoil.domain.receivables.rows import Applied
from counterfoil.domain.receivables.surcharging import Shares, coming_back
from counterfoil.flows.refunds.settle_refund import named
from counterfoil.infra.outbox import Happened, follow
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode, new_id


def unsend_with(
    business_id: BusinessId,
    refund_id: UUID,
    was: RefundState,
    shown_ref: str,
    *,
    at: datetime,
    by: Actor,
) -> None:
    """Steps a succeeded refund back to what it was, inside an open `run`: its amount is reserved
    again, what it took off invoices covers them again, the books say so, and whoever was told that
    the money was sent is told better. Its payment is under lock."""
    row = queries.refund(business_id, refund_id)
    payment = refunds.lock_refunded(business_id, [row.attempt_id])[row.attempt_id]
    change = step_back(row, was, shown_ref, at=at)
    shares = coming_back(payment, row.amount, gone_minor=payment.gone_minor)
    applied = reversing.put_on_again(business_id, refund_id, row.attempt_id, shares.brought, at=at)
    events = _events(change, applied)
    refunds.record_refunds(business_id, [change], at=at, by=by, telling=events)
    ledger.post(business_id, _entries(business_id, change, shares, applied, at=at), at=at)
    follow(business_id, events)


def _entries(
    business_id: BusinessId,
    change: RefundChange,
    shares: Shares,
    applied: Applied,
    *,
    at: datetime,
) -> Sequence[Entry]:
    refund, covering = change.refund, new_id()
    holder = postings.given_from(refund.method, refund.gateway_account_id, None)
    paid = encode("pay", refund.attempt_id)
    entries = [
        reversal_postings.refund_unsent(
            shares,
            refund.id,
            refund.customer_id,
            holder,
            occurred_at=at,
            memo=encode("ref", refund.id),
            before=refund.unsent_times - 1,
        ),
        postings.write_off_recovered(applied, occurred_at=at, memo=paid, application=covering),
        postings.credit_applied(applied, occurred_at=at, memo=paid, application=covering),
    ]
    return [one for one in entries if one]


def _events(change: RefundChange, applied: Applied) -> list[Happened]:
    refund = change.refund
    body = named(refund) | {
        "method": refund.method,
        "status": change.target.value,
        "covered": [
            {"invoice": encode("inv", invoice), "amount": part.minor}
            for invoice, part in applied.parts
        ],
    }
    return [
        Happened("refund.not_sent", body),
        *(Happened("invoice.paid", {"invoice": encode("inv", i)}) for i in applied.settled),
    ]
