"""After a backup was restored: what a gateway has taken since, and the books have lost.

Each such charge is booked again under its own id, so that its receipt, its events and its refunds
still find it, and covers what it paid as far as that can be told: the plan that it carried out, the
invoices that it names, or, where it says nothing, the one of just that amount or what its customer
owes, the oldest due first. Staff may move it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.arrangements import operations as arrangements
from counterfoil.domain.arrangements import queries as plans
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.arrangements.states import EndReason
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, NewReceipt
from counterfoil.domain.receivables import queries
from counterfoil.domain.reconciliation import discrepancies
from counterfoil.domain.reconciliation.discrepancies import Difference, NewDiscrepancy
from counterfoil.flows.aftermath.compare_gateways import (
    CLOCKS_APART,
    OVERLAP,
    begin_comparing,
    compare,
    read_list,
)
from counterfoil.flows.arrangements.conclude_schedule import conclude
from counterfoil.flows.arrangements.run_schedules import next_try
from counterfoil.flows.gateways import offers
from counterfoil.flows.settle_payment import Arrival, settle_received
from counterfoil.infra.db import reading, run
from counterfoil.kernel import purposes
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, decode, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, Result

_TAKEN = frozenset({Result.SUCCEEDED, Result.RETURNED, Result.PROCESSING})
CLOCKS_DIFFER = timedelta(hours=1)
Parts = tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A charge of ours that the books have lost; no customer where nobody can say whose it is."""

    attempt_id: UUID
    customer_id: UUID | None
    amount: Money
    listed: Listed
    fact: Outcome


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was booked again, and what has to wait for a person; `is_whole` is False where the
    gateway keeps no list, so that nobody knows."""

    booked: tuple[Lost, ...] = ()
    waiting: tuple[Lost, ...] = ()
    is_whole: bool = True

    @property
    def is_clear(self) -> bool:
        """Whether everything that was lost is booked again."""
        return self.is_whole and not self.waiting


def recover(
    business_id: BusinessId, account: Account, *, since: datetime | None, at: datetime
) -> Recovered:
    """Reads a gateway's list since this moment (or a little before the books were compared last),
    books what they have lost, then compares as every day. Safe to repeat: each charge is booked
    once. `Unavailable` if the gateway can't be asked now; what was booked by then stays."""
    if not offers(account.kind, Capability.LISTING):
        return Recovered(is_whole=False)
    began = since or begin_comparing(business_id, account, at=at) - OVERLAP
    lost = _lost(business_id, account, read_list(account, began, at + CLOCKS_APART))
    booked = [one for one in lost if one.customer_id and _book(business_id, account, one, at=at)]
    compare(business_id, account, at=at)
    waiting = [one for one in lost if one.customer_id is None]
    return Recovered(tuple(booked), tuple(waiting))


def end_doubtful_plans(business_id: BusinessId, found: Sequence[Recovered], *, at: datetime) -> int:
    """Ends the planned payments whose day has come and that nothing was found of, unless everything
    is clear: nobody knows whether they were charged. Their customers are told. Returns how many."""
    if all(one.is_clear for one in found):
        return 0
    with reading(business_id):
        due = plans.schedules_to_run(business_id, at=at)
    ended = [
        arrangements.end(business_id, one.id, EndReason.TOO_LATE, at=at, by=SYSTEM) for one in due
    ]
    return sum(ended)


def _lost(business_id: BusinessId, account: Account, listed: Sequence[Listed]) -> list[Lost]:
    """The charges that moved money under a reference of ours, and that the books know neither by it
    nor by the gateway's own id (staff may have given one to a customer), oldest first."""
    named: dict[UUID, tuple[Listed, Outcome]] = {}
    for one in listed:
        fact = one.fact
        if isinstance(fact, Outcome) and fact.result in _TAKEN and fact.amount is not None:
            with suppress(NotFound):
                named[decode("pay", fact.reference)] = (one, fact)
    whose = {key: _customer_of(one) for key, (one, _) in named.items()}
    refs = {fact.gateway_ref: key for key, (_, fact) in named.items()}
    with reading(business_id):
        ids = payments.attempts_of_charges(business_id, account.id, sorted(refs))
        given = payments.attempts(business_id, ids).values()
        known = {*payments.attempts(business_id, sorted(named))}
        known |= {refs[attempt.gateway_ref] for attempt in given}
        there = customers.customers(business_id, sorted({one for one in whose.values() if one}))
    found = [
        Lost(key, whose[key] if whose[key] in there else None, fact.amount, one, fact)
        for key, (one, fact) in named.items()
        if key not in known and fact.amount is not None
    ]
    return sorted(found, key=lambda one: one.listed.created_at)


def _customer_of(listed: Listed) -> UUID | None:
    try:
        return decode("cus", listed.customer)
    except NotFound:
        return None


def _book(business_id: BusinessId, account: Account, lost: Lost, *, at: datetime) -> bool:
    """Writes one charge as if it had never been lost; False if somebody has meanwhile."""
    assert lost.customer_id is not None
    plan, key = _plan_of(business_id, lost.customer_id, lost)
    kind = lost.fact.instrument.kind if lost.fact.instrument else MethodKind.CARD
    receipt = NewReceipt(
        id=lost.attempt_id,
        customer_id=lost.customer_id,
        gateway_account_id=account.id,
        amount=lost.amount,
        form_key=key,
        instrument_kind=kind,
        payer=plan.payer if plan else "",
    )

    def work() -> bool:
        if payments.attempts(business_id, [lost.attempt_id]):
            return False
        parts = plan.due_parts if plan else _covered(business_id, lost)
        moved_at = min(lost.listed.created_at, at)
        arrival = Arrival(receipt, parts, AttemptOutcome(lost.attempt_id, lost.fact, moved_at))
        settle_received(business_id, [arrival], at=at, by=SYSTEM, quiet=True)
        if plan is not None:
            arrangements.claim(business_id, plan.id, at=at)
            arrangements.note_charge(business_id, plan.id, lost.attempt_id, at=at)
        _note(business_id, account, lost, at=at)
        return True

    is_booked = run(business_id, work, is_small=True)
    if is_booked and plan is not None:
        conclude(business_id, lost.attempt_id, at=at)
    return is_booked


def _plan_of(
    business_id: BusinessId, customer_id: UUID, lost: Lost
) -> tuple[ScheduleRow | None, str]:
    """The plan that a charge carried out, and the key by which whoever charges plans finds it."""
    with reading(business_id):
        planned = plans.schedules_of(business_id, customer_id)
    for one in planned:
        is_due = one.runs_at <= lost.listed.created_at + CLOCKS_DIFFER and one.attempt_id is None
        if is_due and one.amount == lost.amount:
            key, known = next_try(business_id, one)
            if known is None:
                return one, key
    return None, f"recovered:{encode('pay', lost.attempt_id)}"


def _covered(business_id: BusinessId, lost: Lost) -> Parts:
    """What the charge paid, of what is open and nobody else is paying: what it names, then as much
    as it says that there was room for no more; what most likely, if it names nothing."""
    assert lost.customer_id is not None
    items = queries.open_items(business_id, lost.customer_id, lost.amount.currency)
    held = queries.open_claims(business_id, [one.id for one in items])
    free = [one for one in items if one.due_minor > 0 and one.id not in held]
    purpose = purposes.read(lost.listed.description)
    if purpose.numbers:
        named = [one for one in free if one.number in purpose.numbers]
        others = [one for one in free if one.number not in purpose.numbers]
        chosen = named + others[: purpose.more]
    else:
        chosen = [one for one in free if one.due_minor == lost.amount.minor][:1] or free
    left, parts = lost.amount.minor, []
    for one in chosen:
        part = min(left, one.due_minor)
        if part:
            parts.append((one.id, part))
        left -= part
    return tuple(parts)


def _note(business_id: BusinessId, account: Account, lost: Lost, *, at: datetime) -> None:
    """It stands among the differences as one that was found."""
    found = NewDiscrepancy(
        kind=Difference.FOUND,
        ref=lost.fact.gateway_ref,
        amount=lost.amount,
        occurred_at=lost.listed.created_at,
        reference=lost.fact.reference,
        charge=lost.fact.gateway_ref,
        theirs=lost.fact.result.value,
        attempt_id=lost.attempt_id,
        instrument=lost.fact.instrument,
    )
    until = min(lost.listed.created_at, at)
    discrepancies.note_compared(business_id, account.id, [found], agreed=[], until=until, at=at)
