"""The same door for money that leaves again: a refund's outcome, from any road, becomes true
here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import Entry
from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.accounts.kinds import OFFLINE
from counterfoil.domain.payments.refund_outcomes import RefundChange, RefundTold, judge_refunds
from counterfoil.domain.payments.rows import RefundedPayment, RefundRow
from counterfoil.domain.payments.states import ByHand, RefundState
from counterfoil.domain.receivables import reversal_postings as postings
from counterfoil.domain.receivables import reversing
from counterfoil.domain.receivables.giving_back import GivenBack, Wanted, give_back
from counterfoil.domain.receivables.postings import given_from
from counterfoil.domain.receivables.surcharging import Shares, coming_back, leaving
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, follow
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode

_EVENTS = {
    RefundState.PENDING: "refund.pending",
    RefundState.SUCCEEDED: "refund.succeeded",
    RefundState.FAILED: "refund.failed",
    RefundState.CANCELLED: "refund.cancelled",
    RefundState.RETURNED: "refund.returned",
}


def settle_refunds(
    business_id: BusinessId,
    told: Sequence[RefundTold],
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> list[RefundChange]:
    """Records what gateways say of refunds, takes what was given back off what it covered, posts
    it, tells the outbox.

    Safe to call twice, from any road: only the first change of a refund has an effect. Returns
    what changed. Everything is decided under lock: the payments, then the invoices that they
    cover, then what the payments brought. `quiet` sends no mail.
    """
    return run(
        business_id,
        lambda: settle_refunds_with(business_id, told, at=at, by=by, quiet=quiet),
        is_small=True,
    )


def settle_refunds_with(
    business_id: BusinessId,
    told: Sequence[RefundTold],
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> list[RefundChange]:
    """The same door from inside an open `run`: for money that nobody has to be asked about, so that
    it and what tells of it come true together."""
    wanted = [one.refund_id for one in told]
    known = queries.refunds(business_id, wanted)
    payments = refunds.lock_refunded(business_id, [one.attempt_id for one in known])
    fresh = queries.refunds(business_id, wanted)  # as they are now that no one else moves them
    changes = judge_refunds(fresh, payments, told, at=at)
    shares = _shares(changes, payments)
    given = _give_back(business_id, changes, shares)
    reopened = reversing.write_given_back(business_id, list(given.values()), at=at)
    returned = [
        (one.refund.attempt_id, shares[one.refund.id].brought)
        for one in changes
        if one.money_came_back and shares[one.refund.id].brought
    ]
    reversing.take_returned(business_id, returned)
    events = [Happened(_EVENTS[one.target], _body(one, given.get(one.refund.id)))
              for one in changes if one.target in _EVENTS]  # fmt: skip
    events += [_open_again(one) for one in reopened]
    refunds.record_refunds(business_id, changes, at=at, by=by, telling=events)
    ledger.post(business_id, _entries(business_id, changes, given, shares), at=at)
    if not quiet:
        follow(business_id, events)
    return changes


def _give_back(
    business_id: BusinessId, changes: Sequence[RefundChange], shares: Mapping[UUID, Shares]
) -> dict[UUID, GivenBack]:
    """What succeeded refunds take off, by refund; holds what they touch."""
    wanted = [
        Wanted(one.refund.id, one.refund.attempt_id, shares[one.refund.id].brought)
        for one in changes
        if one.money_went
    ]
    held = reversing.hold(business_id, [one.credit_id for one in wanted])
    given = give_back(wanted, held.credits, held.coverings)
    return {one.refund_id: one for one in given if one.refund_id}


def _entries(
    business_id: BusinessId,
    changes: Sequence[RefundChange],
    given: Mapping[UUID, GivenBack],
    shares: Mapping[UUID, Shares],
) -> list[Entry]:
    in_cash = any(one.refund.method == ByHand.CASH for one in changes)
    till_id = queries.account_without_adapter(business_id, OFFLINE) if in_cash else None
    entries = []
    for change in changes:
        refund, at = change.refund, change.occurred_at
        holder = given_from(refund.method, refund.gateway_account_id, till_id)
        memo, part = encode("ref", refund.id), shares.get(refund.id)
        if part is None:
            continue
        if change.money_went:
            entry = postings.refund_sent(
                given[refund.id],
                part,
                refund.id,
                holder,
                occurred_at=at,
                memo=memo,
                before=refund.unsent_times,
            )
        else:
            entry = postings.refund_returned(
                part, refund.id, refund.customer_id, holder, occurred_at=at, memo=memo
            )
        entries.append(entry)
    return entries


def _shares(
    changes: Sequence[RefundChange], payments: Mapping[UUID, RefundedPayment]
) -> dict[UUID, Shares]:
    """What the amount of each refund that goes, or comes back, is made up of, one after another."""
    gone = {one.id: one.gone_minor for one in payments.values()}
    found = {}
    for change in changes:
        refund = change.refund
        payment, before = payments[refund.attempt_id], gone[refund.attempt_id]
        if change.money_went:
            found[refund.id] = leaving(payment, refund.amount, gone_minor=before)
            gone[payment.id] += refund.amount_minor
        elif change.money_came_back:
            found[refund.id] = coming_back(payment, refund.amount, gone_minor=before)
            gone[payment.id] -= refund.amount_minor
    return found


def _open_again(item: reversing.Reopened) -> Happened:
    return Happened(
        "invoice.reopened", {"invoice": encode("inv", item.id), "amount_due": item.due_minor}
    )


def named(refund: RefundRow) -> dict[str, Any]:
    """What every event about a refund says: which, of which payment, whose, and how much."""
    return {
        "refund": encode("ref", refund.id),
        "payment": encode("pay", refund.attempt_id),
        "customer": encode("cus", refund.customer_id),
        "amount": refund.amount_minor,
        "currency": refund.currency,
    }


def _body(change: RefundChange, given: GivenBack | None) -> dict[str, Any]:
    refund = change.refund
    body = named(refund)
    if given:
        body["reopened"] = [
            {"invoice": encode("inv", part.invoice_id), "amount": part.amount.minor}
            for part in given.parts
        ]
    elif refund.failure_code:
        body["failure_code"] = refund.failure_code
    if refund.method:
        body["method"] = refund.method
    return body
