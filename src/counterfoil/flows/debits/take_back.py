"""Paid debits that the payer's bank sent back: off the invoices again, inside their settling."""

from collections.abc import Sequence
from datetime import datetime

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import Entry
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome, Change, judge_returns
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables import postings, reversal_postings, reversing
from counterfoil.domain.receivables.giving_back import GivenBack, Wanted, capped, give_back
from counterfoil.infra.outbox import Happened
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode


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
    given = _take_off(business_id, judged.changes)
    reopened = reversing.write_given_back(business_id, given, at=at)
    pairs = list(zip(judged.changes, given, strict=True))
    events = [_told(change, one) for change, one in pairs]
    events += [
        Happened(
            "invoice.reopened", {"invoice": encode("inv", one.id), "amount_due": one.open_minor}
        )
        for one in reopened
    ]
    payments.record(business_id, judged, at=at, by=by, telling=events)
    ledger.post(business_id, [_entry(change, one, at) for change, one in pairs], at=at)
    return list(judged.changes), events


def _take_off(business_id: BusinessId, changes: Sequence[Change]) -> list[GivenBack]:
    held = reversing.hold(business_id, [change.attempt.id for change in changes])
    wanted = [
        Wanted(None, change.attempt.id, change.attempt.amount, is_return=True) for change in changes
    ]
    return give_back(capped(wanted, held.credits), held.credits, held.coverings)


def _entry(change: Change, given: GivenBack, at: datetime) -> Entry:
    attempt = change.attempt
    return reversal_postings.payment_returned(
        given,
        attempt.amount,
        postings.held_at(attempt.gateway_kind, attempt.gateway_account_id),
        occurred_at=attempt.finished_at or at,
        memo=encode("pay", attempt.id),
        surcharge=min(attempt.surcharge, attempt.amount - given.amount),
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
