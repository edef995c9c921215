"""A debit that came back is paid after all: the return is undone, once its gateway says so."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.outcomes import Change, Judged, judge_paid_again
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import postings, reversal_postings, reversing
from counterfoil.domain.receivables.allocating import allocate
from counterfoil.domain.receivables.rows import Applied, Arrived, SettlingRow
from counterfoil.domain.receivables.surcharging import Shares, back_as_a_whole
from counterfoil.flows.gateways import look_up
from counterfoil.infra.db import reading, run
from counterfoil.infra.outbox import Happened, follow
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.clock import rfc3339
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.ports.gateways.charges import Outcome


def pay_again(business_id: BusinessId, attempt_id: UUID, *, at: datetime, by: Actor) -> bool:
    """Asks about a debit that came back, and books it as paid if its gateway says so now; False if
    nothing changed. Somebody's word is not enough: a success may be told long after the return
    that followed it.

    What it brought covers its invoices as far as they are open still; the rest is credit. The
    ledger has the undoing as an entry of its own. Safe to call twice. `Unavailable` if the gateway
    can't be asked.
    """
    with reading(business_id):
        attempt = queries.attempt(business_id, attempt_id)
        account = queries.account(business_id, attempt.gateway_account_id)
    if attempt.state != AttemptState.RETURNED:
        return False
    told, returned_at = look_up(account, attempt), attempt.finished_at

    def work() -> bool:
        return _undo(business_id, attempt_id, told, returned_at, at=at, by=by)

    return run(business_id, work, is_small=True)


def _undo(
    business_id: BusinessId,
    attempt_id: UUID,
    told: Outcome,
    returned_at: datetime | None,
    *,
    at: datetime,
    by: Actor,
) -> bool:
    rows = receivables.lock_for_settling(business_id, [attempt_id])
    change = judge_paid_again(rows[0].attempt, told, returned_at, at=at)
    if change is None:
        return False
    payment = refunds.lock_refunded(business_id, [attempt_id])[attempt_id]
    shares = back_as_a_whole(payment)
    if shares.brought:
        reversing.take_returned(business_id, [(attempt_id, shares.brought)])
    applied = _applied(change, shares, rows)
    events = _events(change, applied, returned_at)
    payments.record(business_id, Judged((change,), ()), at=at, by=by, telling=events)
    receivables.write_more_applied(business_id, [applied], at=at)
    _post(business_id, change, shares, applied, at=at)
    follow(business_id, events)
    return True


def _applied(change: Change, shares: Shares, rows: Sequence[SettlingRow]) -> Applied:
    """What it covers now, of what it was for."""
    held = [row.held for row in rows if row.held]
    arrived = Arrived(
        id=change.attempt.id,
        customer_id=change.attempt.customer_id,
        kind="payment",
        amount=shares.brought,
        plan=tuple((one.item.id, one.amount_minor) for one in held),
    )
    (applied,) = allocate([arrived], {one.item.id: one.item for one in held})
    return applied


def _post(
    business_id: BusinessId, change: Change, shares: Shares, applied: Applied, *, at: datetime
) -> None:
    attempt, memo, undo_id = change.attempt, encode("pay", change.attempt.id), new_id()
    entries = [
        reversal_postings.return_undone(
            attempt.id,
            attempt.customer_id,
            shares,
            postings.held_at(attempt.gateway_kind, attempt.gateway_account_id),
            undo_id=undo_id,
            occurred_at=at,
            memo=memo,
        ),
        postings.write_off_recovered(applied, occurred_at=at, memo=memo, application=undo_id),
        postings.credit_applied(applied, occurred_at=at, memo=memo, application=undo_id),
    ]
    ledger.post(business_id, [one for one in entries if one], at=at)


def _events(change: Change, applied: Applied, returned_at: datetime | None) -> list[Happened]:
    attempt = change.attempt
    body = {
        "payment": encode("pay", attempt.id),
        "customer": encode("cus", attempt.customer_id),
        "amount": attempt.amount_minor,
        "currency": attempt.currency,
        "unapplied": applied.unapplied.minor,
        "allocations": [
            {"invoice": encode("inv", invoice), "amount": part.minor}
            for invoice, part in applied.parts
        ],
        "returned_at": rfc3339(returned_at) if returned_at else "",
    }
    return [
        Happened("payment.succeeded", body),
        *(Happened("invoice.paid", {"invoice": encode("inv", i)}) for i in applied.settled),
    ]
