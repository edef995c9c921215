"""The one door through which money becomes true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import Entry
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome, Change, judge
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import postings
from counterfoil.domain.receivables.allocating import allocate
from counterfoil.domain.receivables.rows import Applied, Arrived, SettlingRow
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, follow
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode

_EVENTS = {
    AttemptState.SUCCEEDED: "payment.succeeded",
    AttemptState.FAILED: "payment.failed",
    AttemptState.CANCELLED: "payment.cancelled",
    AttemptState.PROCESSING: "payment.processing",
}
FEW = 20


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

    Everything is decided on what is under lock, then written: one statement to lock, and one each
    for the attempts with their events, what is covered, and the books.
    """
    return run(
        business_id,
        lambda: settle_with(business_id, outcomes, at=at, by=by, quiet=quiet),
        is_small=len(outcomes) <= FEW,
    )


def settle_with(
    business_id: BusinessId,
    outcomes: Sequence[AttemptOutcome],
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> list[Settled]:
    """The same door from inside an open `run`: for money that is here when its attempt is
    recorded, so that both come true together or not at all."""
    rows = receivables.lock_for_settling(business_id, [one.attempt_id for one in outcomes])
    judged = judge(list({row.attempt.id: row.attempt for row in rows}.values()), outcomes, at=at)
    applied = _allocate(judged.changes, rows)
    events = _events(judged.changes, applied)
    payments.record(business_id, judged, at=at, by=by, telling=events)
    receivables.write_applied(business_id, list(applied.values()), at=at)
    ledger.post(business_id, _entries(judged.changes, applied, at=at), at=at)
    nothing = [change.attempt.id for change in judged.changes if change.came_to_nothing]
    receivables.free_claims(business_id, nothing, at=at)
    if not quiet:
        follow(business_id, events)
    return [Settled(change.attempt.id, change.target) for change in judged.changes]


def _allocate(changes: Sequence[Change], rows: Sequence[SettlingRow]) -> dict[UUID, Applied]:
    """What the money that arrived covers, by attempt."""
    held = [(row.attempt.id, row.held) for row in rows if row.held]
    plans: dict[UUID, list[tuple[UUID, int]]] = {}
    for attempt_id, one in held:
        plans.setdefault(attempt_id, []).append((one.item.id, one.amount_minor))
    arrived = [
        Arrived(
            id=change.attempt.id,
            customer_id=change.attempt.customer_id,
            kind="payment",
            amount=change.attempt.amount,
            plan=tuple(plans.get(change.attempt.id, ())),
        )
        for change in changes
        if change.money_arrived
    ]
    items = {one.item.id: one.item for _, one in held}
    return {one.id: one for one in allocate(arrived, items)}


def _entries(
    changes: Sequence[Change], applied: Mapping[UUID, Applied], *, at: datetime
) -> list[Entry]:
    return [
        postings.payment_received(
            applied[change.attempt.id],
            postings.held_at(change.attempt.gateway_kind, change.attempt.gateway_account_id),
            occurred_at=change.attempt.finished_at or at,
            memo=encode("pay", change.attempt.id),
        )
        for change in changes
        if change.money_arrived
    ]


def _events(changes: Sequence[Change], applied: Mapping[UUID, Applied]) -> list[Happened]:
    events = []
    for change in changes:
        if change.target in _EVENTS:
            one = applied.get(change.attempt.id)
            events.append(Happened(_EVENTS[change.target], _body(change, one)))
            settled = one.settled if one else ()
            events += [Happened("invoice.paid", {"invoice": encode("inv", i)}) for i in settled]
    return events


def _body(change: Change, applied: Applied | None) -> dict[str, Any]:
    attempt = change.attempt
    body: dict[str, Any] = {
        "payment": encode("pay", attempt.id),
        "customer": encode("cus", attempt.customer_id),
        "amount": attempt.amount_minor,
        "currency": attempt.currency,
    }
    if applied:
        body["unapplied"] = applied.unapplied.minor
        body["allocations"] = [
            {"invoice": encode("inv", invoice), "amount": part.minor}
            for invoice, part in applied.parts
        ]
    elif attempt.failure_code:
        body["failure_code"] = attempt.failure_code
    return body
