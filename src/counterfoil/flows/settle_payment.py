"""The one door through which money becomes true."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import Entry
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import received
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods.rows import NewMethod
from counterfoil.domain.payments.outcomes import (
    AMOUNT_MISMATCH,
    AttemptOutcome,
    Change,
    Judged,
    judge,
)
from counterfoil.domain.payments.rows import AttemptRow, NewReceipt
from counterfoil.domain.payments.states import OPEN_STATES, AttemptState
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import postings
from counterfoil.domain.receivables.allocating import allocate
from counterfoil.domain.receivables.rows import (
    Applied,
    Arrived,
    HeldItem,
    NewClaim,
    SettlingRow,
)
from counterfoil.flows.debits.settle_mandates import end_mandates_of_returns, note_sources
from counterfoil.flows.debits.take_back import take_back
from counterfoil.infra import jobs
from counterfoil.infra.db import run, working_ahead
from counterfoil.infra.outbox import Happened, follow
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.batches import in_one_go
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, Result

_EVENTS = {
    AttemptState.SUCCEEDED: "payment.succeeded",
    AttemptState.FAILED: "payment.failed",
    AttemptState.CANCELLED: "payment.cancelled",
    AttemptState.PROCESSING: "payment.processing",
    AttemptState.ACTION_REQUIRED: "payment.action_required",
}
_KEPT = frozenset({MethodKind.CARD, MethodKind.WALLET})  # a bank account is kept as its mandate
FEW = 20
AT_ONCE = 1000  # written while the next are decided


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
    is_small = len(outcomes) <= FEW
    with nullcontext() if is_small else in_one_go():
        return run(
            business_id,
            lambda: settle_with(business_id, outcomes, at=at, by=by, quiet=quiet),
            is_small=is_small,
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

    def write(judged: Judged, events: Sequence[Happened]) -> None:
        payments.record(business_id, judged, at=at, by=by, telling=events)

    return _settle_rows(business_id, rows, outcomes, write, at=at, by=by, quiet=quiet)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that moved before anything of it is written, what it is for (the rest is credit), and
    the word on it."""

    receipt: NewReceipt
    parts: tuple[tuple[UUID, int], ...]
    told: AttemptOutcome


def settle_received(
    business_id: BusinessId,
    arrivals: Sequence[Arrival],
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> list[Settled]:
    """The same door for payments that are written as they end, with their whole history, instead of
    begun and then changed; one that is on its way still holds what it is for. Inside an open `run`,
    the invoices under lock. Refuses (`TakenAlready`) money whose form key was used before, and
    (`BeingPaid`) to hold what another payment holds."""
    receipts = {one.receipt.id: one for one in arrivals}
    attempts = received.submitted(business_id, [one.receipt for one in arrivals], at=at)
    wanted = {invoice_id for one in arrivals for invoice_id, _ in one.parts}
    items = receivables.lock_items(business_id, list(wanted)) if wanted else {}
    rows: list[SettlingRow] = []
    for attempt in attempts:
        parts = sorted(receipts[attempt.id].parts)
        rows += [SettlingRow(attempt, HeldItem(items[one], minor)) for one, minor in parts]
        if not parts:
            rows.append(SettlingRow(attempt, None))

    def write(judged: Judged, events: Sequence[Happened]) -> None:
        these = [receipts[change.attempt.id] for change in judged.changes]
        new = [one.receipt for one in these]
        received.write_received(business_id, new, judged.changes, at=at, by=by, telling=events)
        if any(change.target in OPEN_STATES for change in judged.changes):
            for one in these:
                receivables.take_claims(
                    business_id, one.receipt.id, one.parts, at=at, taken_by="", by=by
                )
            return
        claims = [
            NewClaim(one.receipt.id, invoice_id, minor)
            for one in these
            for invoice_id, minor in one.parts
        ]
        receivables.note_claims(business_id, claims, at=at, taken_by="", by=by)

    told = [one.told for one in arrivals]
    settled = _settle_rows(business_id, rows, told, write, at=at, by=by, quiet=quiet)
    assert {one.attempt_id for one in settled} == receipts.keys()
    return settled


def _settle_rows(  # noqa: PLR0913  what `settle_with` is asked, and how attempts are stored
    business_id: BusinessId,
    rows: Sequence[SettlingRow],
    outcomes: Sequence[AttemptOutcome],
    write: Callable[[Judged, Sequence[Happened]], None],
    *,
    at: datetime,
    by: Actor,
    quiet: bool,
) -> list[Settled]:
    """Decides what outcomes do to attempts under lock (`write` stores it), and all that follows."""
    said = {one.attempt_id: one for one in outcomes}
    changes: list[Change] = []
    events: list[Happened] = []
    entries: list[Entry] = []
    with nullcontext() if len(rows) <= AT_ONCE else working_ahead():
        for part in _by_customer(rows):
            judged = _judge(business_id, part, said, at=at)
            applied = _allocate(judged.changes, part)
            told = _events(judged.changes, applied)
            write(judged, told)
            receivables.write_applied(business_id, list(applied.values()), at=at)
            entries += _entries(judged.changes, applied, at=at)
            changes += judged.changes
            events += told
        ledger.post_later(business_id, entries, at=at)
        nothing = [change.attempt.id for change in changes if change.came_to_nothing]
        receivables.free_claims(business_id, nothing, at=at)
        _remember_methods(business_id, changes, outcomes, at=at, by=by)
        returned: list[Change] = []
        if any(one.outcome.result == Result.RETURNED for one in outcomes):
            now = _as_now(rows, changes)
            returned, told = take_back(business_id, now, outcomes, at=at, by=by)
            events += told
        note_sources(business_id, [*changes, *returned], outcomes)
        end_mandates_of_returns(business_id, [*changes, *returned], at=at, by=by)
        _hear_again(business_id, rows, changes, at=at)
        if not quiet:
            follow(business_id, events)
    return [Settled(change.attempt.id, change.target) for change in [*changes, *returned]]


def _by_customer(rows: Sequence[SettlingRow]) -> Iterator[list[SettlingRow]]:
    """The rows in parts, all of a customer's in one: money covers nobody else's invoices."""
    if len(rows) <= AT_ONCE:
        yield list(rows)
        return
    whose: dict[UUID, list[SettlingRow]] = {}
    for row in rows:
        whose.setdefault(row.attempt.customer_id, []).append(row)
    part: list[SettlingRow] = []
    enough = AT_ONCE // 4  # of the first: the database begins early
    for theirs in whose.values():
        part += theirs
        if len(part) >= enough:
            yield part
            part, enough = [], AT_ONCE
    if part:
        yield part


def _judge(
    business_id: BusinessId,
    rows: Sequence[SettlingRow],
    said: Mapping[UUID, AttemptOutcome],
    *,
    at: datetime,
) -> Judged:
    attempts = list({row.attempt.id: row.attempt for row in rows}.values())
    return _holding_again(business_id, judge(attempts, [said[one.id] for one in attempts], at=at))


def _holding_again(business_id: BusinessId, judged: Judged) -> Judged:
    """Money on its way after all holds its invoices again. Where it can't, the attempt stays as it
    is: once the money is here, it is the customer's credit."""
    gone = {
        change.attempt.id
        for change in judged.changes
        if change.came_late and not receivables.hold_again(business_id, change.attempt.id)
    }
    kept = tuple(change for change in judged.changes if change.attempt.id not in gone)
    return replace(judged, changes=kept) if gone else judged


def is_second_charge(attempt: AttemptRow, told: Outcome) -> bool:
    """Whether a gateway tells of a charge that moved money under the reference of a payment which
    another charge has brought already: this one's money is nobody's yet."""
    has_arrived = attempt.state in (AttemptState.SUCCEEDED, AttemptState.RETURNED)
    is_other = bool(attempt.gateway_ref and told.gateway_ref) and (
        attempt.gateway_ref != told.gateway_ref
    )
    return has_arrived and is_other and told.result in (Result.SUCCEEDED, Result.RETURNED)


def _as_now(rows: Sequence[SettlingRow], changes: Sequence[Change]) -> list[AttemptRow]:
    """The attempts under lock as the first word on each has left them."""
    moved = {change.attempt.id: change.attempt for change in changes}
    return [
        moved.get(one, attempt) for one, attempt in {r.attempt.id: r.attempt for r in rows}.items()
    ]


def _remember_methods(
    business_id: BusinessId,
    changes: Sequence[Change],
    outcomes: Sequence[AttemptOutcome],
    *,
    at: datetime,
    by: Actor,
) -> None:
    """Keeps what a payer wanted kept, once it works; notes which saved ones have paid."""
    told = {one.attempt_id: one.outcome.saved for one in outcomes if one.outcome.saved}
    arrived = [change.attempt for change in changes if change.money_arrived]
    for attempt in arrived:
        saved = told.get(attempt.id)
        if saved is None or attempt.method_id or saved.instrument.kind not in _KEPT:
            continue
        new = NewMethod(
            customer_id=attempt.customer_id,
            gateway_account_id=attempt.gateway_account_id,
            gateway_ref=saved.gateway_ref,
            instrument=saved.instrument,
        )
        methods.note_used(business_id, [methods.keep(business_id, new, at=at, by=by)], at=at)
    used = [attempt.method_id for attempt in arrived if attempt.method_id]
    if used:
        methods.note_used(business_id, used, at=at)


def _hear_again(
    business_id: BusinessId,
    rows: Sequence[SettlingRow],
    changes: Sequence[Change],
    *,
    at: datetime,
) -> None:
    """What was told of a payment whose amount nobody believed (a refund, a chargeback) was set
    aside; now that its money is here, it is acted on."""
    doubted = {row.attempt.id for row in rows if row.attempt.failure_code == AMOUNT_MISMATCH}
    for attempt in [one.attempt for one in changes if one.money_arrived]:
        if attempt.id in doubted and attempt.gateway_ref:
            account_id = attempt.gateway_account_id
            for event_id in payments.act_again(business_id, account_id, attempt.gateway_ref):
                jobs.defer(business_id, "handle_event", event_id=str(event_id), at=at.isoformat())


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
            amount=change.attempt.amount - change.attempt.surcharge,
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
    recovered = [
        postings.write_off_recovered(one, occurred_at=at, memo=encode("pay", one.id))
        for one in applied.values()
        if one.recovered
    ]
    return [entry for entry in recovered if entry] + [
        postings.payment_received(
            applied[change.attempt.id],
            postings.held_at(change.attempt.gateway_kind, change.attempt.gateway_account_id),
            occurred_at=change.attempt.finished_at or at,
            memo=encode("pay", change.attempt.id),
            surcharge=change.attempt.surcharge,
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
