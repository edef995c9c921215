"""The one door through which money becomes true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.operations import AttemptOutcome
from counterfoil.domain.payments.rows import Change
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import postings
from counterfoil.domain.receivables.rows import Applied, Arrived, ClaimedItem
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode

_EVENTS = {
    AttemptState.SUCCEEDED: "payment.succeeded",
    AttemptState.FAILED: "payment.failed",
    AttemptState.CANCELLED: "payment.cancelled",
    AttemptState.PROCESSING: "payment.processing",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling changed for one attempt."""

    attempt_id: UUID
    state: AttemptState


def settle(
    business_id: BusinessId,
    outcomes: Sequence[AttemptOutcome],
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> list[Settled]:
    """Records outcomes, posts what arrived, covers invoices, frees claims, tells the outbox.

    Safe to call twice, from any road, with one outcome or ten thousand: only the first change of
    an attempt has an effect. Returns what changed. `quiet` sends no mail (history being seeded).
    """

    def work() -> list[Change]:
        claimed = receivables.lock_claimed(business_id, [one.attempt_id for one in outcomes])
        changes = payments.record_outcomes(business_id, outcomes, at=at, by=by)
        _book_arrived(business_id, changes, claimed, at=at, quiet=quiet)
        nothing = [change.attempt.id for change in changes if change.came_to_nothing]
        if nothing:
            receivables.free_claims(business_id, nothing, at=at)
        others = [change for change in changes if not change.money_arrived]
        publish(business_id, _events(others, {}), at=at, quiet=quiet)
        return changes

    return [Settled(change.attempt.id, change.target) for change in run(business_id, work)]


def _book_arrived(
    business_id: BusinessId,
    changes: Sequence[Change],
    claimed: Sequence[ClaimedItem],
    *,
    at: datetime,
    quiet: bool,
) -> None:
    arrived = {change.attempt.id: change for change in changes if change.money_arrived}
    plans: dict[UUID, list[tuple[UUID, int]]] = {}
    for claim in claimed:
        plans.setdefault(claim.attempt_id, []).append((claim.id, claim.amount_minor))
    applied = receivables.apply_credits(
        business_id,
        [
            Arrived(
                id=attempt_id,
                customer_id=change.attempt.customer_id,
                kind="payment",
                amount=change.attempt.amount,
                plan=tuple(plans.get(attempt_id, ())),
            )
            for attempt_id, change in arrived.items()
        ],
        at=at,
        items={claim.id: claim.item for claim in claimed},
    )
    entries = [
        postings.payment_received(
            one,
            arrived[one.id].attempt.gateway_account_id,
            occurred_at=at,
            memo=encode("pay", one.id),
        )
        for one in applied
    ]
    ledger.post(business_id, entries, at=at)
    by_attempt = {one.id: one for one in applied}
    publish(business_id, _events(list(arrived.values()), by_attempt), at=at, quiet=quiet)


def _events(changes: Sequence[Change], applied: Mapping[UUID, Applied]) -> list[Happened]:
    events = []
    for change in changes:
        if change.target not in _EVENTS:
            continue
        attempt = change.attempt
        body = {
            "payment": encode("pay", attempt.id),
            "customer": encode("cus", attempt.customer_id),
            "amount": attempt.amount_minor,
            "currency": attempt.currency,
        }
        one = applied.get(attempt.id)
        if one:
            body["unapplied"] = one.unapplied.minor
            body["allocations"] = [  # type: ignore[assignment]
                {"invoice": encode("inv", invoice), "amount": part.minor}
                for invoice, part in one.parts
            ]
        elif attempt.failure_code:
            body["failure_code"] = attempt.failure_code
        events.append(Happened(_EVENTS[change.target], body))
        settled = one.settled if one else ()
        events += [
            Happened("invoice.paid", {"invoice": encode("inv", invoice)}) for invoice in settled
        ]
    return events
