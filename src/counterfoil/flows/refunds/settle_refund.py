"""The same door for money that leaves again: a refund's outcome, from any road, becomes true
here."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry
from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.refund_outcomes import RefundChange, RefundTold, judge_refunds
from counterfoil.domain.payments.rows import RefundedPayment
from counterfoil.domain.payments.states import AttemptState, RefundState
from counterfoil.domain.receivables import reversal_postings as postings
from counterfoil.domain.receivables import reversing
from counterfoil.domain.receivables.giving_back import GivenBack, Wanted, capped, give_back
from counterfoil.domain.receivables.surcharging import given_back
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, follow
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money

_EVENTS = {
    RefundState.PENDING: "refund.pending",
    RefundState.SUCCEEDED: "refund.succeeded",
    RefundState.FAILED: "refund.failed",
    RefundState.CANCELLED: "refund.cancelled",
    RefundState.RETURNED: "refund.returned",
}
_PAID = frozenset({AttemptState.SUCCEEDED.value})


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

    def work() -> list[RefundChange]:
        wanted = [one.refund_id for one in told]
        known = queries.refunds(business_id, wanted)
        payments = refunds.lock_refunded(business_id, [one.attempt_id for one in known])
        fresh = queries.refunds(business_id, wanted)  # as they are now that no one else moves them
        changes = judge_refunds(fresh, payments, told, at=at)
        given = _give_back(business_id, changes)
        reopened = reversing.write_given_back(business_id, list(given.values()), at=at)
        fees = _fees(changes, payments)
        came_back = [
            one.refund
            for one in changes
            if one.money_came_back and payments[one.refund.attempt_id].state in _PAID
        ]
        returned = [(one.attempt_id, one.amount - fees[one.id]) for one in came_back]
        reversing.take_returned(business_id, returned)
        events = [Happened(_EVENTS[one.target], _body(one, given.get(one.refund.id)))
                  for one in changes if one.target in _EVENTS]  # fmt: skip
        events += [_open_again(one) for one in reopened]
        refunds.record_refunds(business_id, changes, at=at, by=by, telling=events)
        credited = {one.id for one in came_back}
        ledger.post(business_id, _entries(changes, given, credited, fees, at=at), at=at)
        if not quiet:
            follow(business_id, events)
        return changes

    return run(business_id, work, is_small=True)


def _give_back(business_id: BusinessId, changes: Sequence[RefundChange]) -> dict[UUID, GivenBack]:
    """What succeeded refunds take off, by refund; holds what they touch."""
    wanted = [
        Wanted(one.refund.id, one.refund.attempt_id, one.refund.amount)
        for one in changes
        if one.money_went
    ]
    held = reversing.hold(business_id, [one.credit_id for one in wanted])
    given = give_back(capped(wanted, held.credits), held.credits, held.coverings)
    return {one.refund_id: one for one in given if one.refund_id}


def _entries(
    changes: Sequence[RefundChange],
    given: Mapping[UUID, GivenBack],
    credited: Collection[UUID],
    fees: Mapping[UUID, Money],
    *,
    at: datetime,
) -> list[Entry]:
    """The entries; a refund that came back is the customer's credit where it is among `credited`:
    of a payment that came back as well, it makes good what was lost."""
    entries = []
    for change in changes:
        refund = change.refund
        holder = AccountRef(AccountKind.CLEARING, refund.gateway_account_id)
        memo = encode("ref", refund.id)
        if change.money_went:
            one = given[refund.id]
            entries.append(
                postings.refund_sent(
                    one,
                    refund.amount,
                    refund.id,
                    holder,
                    occurred_at=at,
                    memo=memo,
                    surcharge=fees[refund.id],
                )
            )
        elif change.money_came_back:
            entries.append(
                postings.refund_returned(
                    refund.amount,
                    refund.id,
                    refund.customer_id if refund.id in credited else None,
                    holder,
                    occurred_at=at,
                    memo=memo,
                    surcharge=fees[refund.id],
                )
            )
    return entries


def _fees(
    changes: Sequence[RefundChange], payments: Mapping[UUID, RefundedPayment]
) -> dict[UUID, Money]:
    """How much of its payment's surcharge each refund gives back, or brings back."""
    gone = {one.id: one.gone_minor for one in payments.values()}
    fees = {}
    for change in changes:
        refund = change.refund
        payment, before = payments[refund.attempt_id], gone[refund.attempt_id]
        sign = 1 if change.money_went else -1 if change.money_came_back else 0
        after = before + sign * refund.amount_minor
        fee = given_back(payment.surcharge_minor, payment.amount_minor, before=before, after=after)
        fees[refund.id] = Money(abs(fee), refund.currency)
        gone[refund.attempt_id] = after
    return fees


def _open_again(item: reversing.Reopened) -> Happened:
    return Happened(
        "invoice.reopened", {"invoice": encode("inv", item.id), "amount_due": item.open_minor}
    )


def _body(change: RefundChange, given: GivenBack | None) -> dict[str, Any]:
    refund = change.refund
    body: dict[str, Any] = {
        "refund": encode("ref", refund.id),
        "payment": encode("pay", refund.attempt_id),
        "customer": encode("cus", refund.customer_id),
        "amount": refund.amount_minor,
        "currency": refund.currency,
    }
    if given:
        body["reopened"] = [
            {"invoice": encode("inv", part.invoice_id), "amount": part.amount.minor}
            for part in given.parts
        ]
    elif refund.failure_code:
        body["failure_code"] = refund.failure_code
    return body
