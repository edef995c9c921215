"""Paid debits that the payer's bank sent back: off the invoices again, inside their settling."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import Entry
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import refunds
from counterfoil.domain.payments.outcomes import AttemptOutcome, Change, judge_returns
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables import postings, reversal_postings, reversing
from counterfoil.domain.receivables.giving_back import GivenBack, Wanted, give_back
from counterfoil.domain.receivables.surcharging import Shares, leaving
from counterfoil.infra.outbox import Happened
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.money import Money


def take_back(
    business_id: BusinessId,
    attempts: Sequence[AttemptRow],
    outcomes: Sequence[AttemptOutcome],
    *,
    at: datetime,
    by: Actor,
) -> tuple[list[Change], list[Happened]]:
    """Moves succeeded debits that came back, under lock, takes them off what they covered, posts
    it; gives back what changed and what is to be told. The invoices are owed again; what had been
    refunded of a debit before is not taken off twice."""
    judged = judge_returns(attempts, outcomes, at=at)
    shares = _shares(business_id, judged.changes)
    given = _take_off(business_id, judged.changes, shares)
    reopened = reversing.write_given_back(business_id, given, at=at)
    pairs = list(zip(judged.changes, given, strict=True))
    events = [_told(change, one) for change, one in pairs]
    events += [
        Happened(
            "invoice.reopened", {"invoice": encode("inv", one.id), "amount_due": one.due_minor}
        )
        for one in reopened
    ]
    payments.record(business_id, judged, at=at, by=by, telling=events)
    ledger.post(
        business_id,
        [_entry(change, one, shares[one.credit_id], at) for change, one in pairs],
        at=at,
    )
    return list(judged.changes), events


def _shares(business_id: BusinessId, changes: Sequence[Change]) -> dict[UUID, Shares]:
    """What each debit takes along: what was refunded before has gone already."""
    before = refunds.lock_refunded(business_id, [change.attempt.id for change in changes])
    return {
        one.id: leaving(one, Money(one.amount_minor, one.currency), gone_minor=one.gone_minor)
        for one in before.values()
    }


def _take_off(
    business_id: BusinessId, changes: Sequence[Change], shares: Mapping[UUID, Shares]
) -> list[GivenBack]:
    ids = [change.attempt.id for change in changes]
    held = reversing.hold(business_id, ids)
    wanted = [Wanted(None, one, shares[one].brought, is_return=True) for one in ids]
    return give_back(wanted, held.credits, held.coverings)


def _entry(change: Change, given: GivenBack, shares: Shares, at: datetime) -> Entry:
    attempt = change.attempt
    return reversal_postings.payment_returned(
        given,
        shares,
        postings.held_at(attempt.gateway_kind, attempt.gateway_account_id),
        return_id=new_id(),
        occurred_at=attempt.finished_at or at,
        memo=encode("pay", attempt.id),
    )


def _told(change: Change, given: GivenBack) -> Happened:
    attempt = change.attempt
    return Happened(
        "payment.returned",
        {
            "payment": encode("pay", attempt.id),
            "customer": encode("cus", attempt.customer_id),
            "amount": attempt.amount_minor,
            "currency": attempt.currency,
            "failure_code": attempt.failure_code,
            "bank_code": attempt.bank_code,
            "reopened": [
                {"invoice": encode("inv", part.invoice_id), "amount": part.amount.minor}
                for part in given.parts
            ],
        },
    )
