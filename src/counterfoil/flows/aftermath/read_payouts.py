"""A gateway's settlements are read, each once and whole: matched, its fees booked, its money sent
on its way to our bank."""

from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import Entry
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import Account
from counterfoil.domain.reconciliation import operations as lines
from counterfoil.domain.reconciliation import payout_postings as postings
from counterfoil.domain.reconciliation import payouts
from counterfoil.domain.reconciliation.payout_rows import Matched, PayoutLineRow, PayoutRow
from counterfoil.domain.reconciliation.states import PayoutState
from counterfoil.flows.aftermath.fetch_missing import fetch_missing
from counterfoil.flows.aftermath.match_movements import has_no_fee_here, known, match
from counterfoil.flows.banking.close_payout import arrive, told_of
from counterfoil.flows.gateways import offers, payouts_of
from counterfoil.infra.db import outside_transaction, reading, run
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.apart import each_apart
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)

LOOKED_BACK = timedelta(days=45)
READ_WITHIN = timedelta(minutes=10)
PATIENCE_SECONDS = 120.0
_ON_THEIR_WAY = (PayoutState.IN_TRANSIT, PayoutState.PAID)


def read_account(business_id: BusinessId, account: Account, *, at: datetime) -> int:
    """Reads every payout of the last weeks that is not known or not over yet; returns how many
    are new. What a slow gateway leaves undone is read the next time. What was in suspense is looked
    at again, and so are bank lines that may be one of them. `Unavailable` if the gateway can't be
    asked."""
    if not offers(account.kind, Capability.PAYOUTS):
        return 0
    is_over = clock.turn(READ_WITHIN)
    told = _listed(account, at - LOOKED_BACK)
    done = each_apart(
        takewhile(lambda _: not is_over(), reversed(told)),
        lambda one: take_payout(business_id, account, one, at=at, by=SYSTEM),
    )
    if not is_over():
        explain_account(business_id, account, at=at)
    _meet_waiting_lines(business_id, account, at=at)
    return done.count("payout read")


@outside_transaction
def _listed(account: Account, since: datetime) -> list[PayoutTold]:
    return list(payouts_of(account.kind).payouts(account.opened, since=since))


@outside_transaction
def _movements(account: Account, gateway_ref: str) -> list[Movement]:
    return list(payouts_of(account.kind).movements(account.opened, gateway_ref))


def place_payout(
    business_id: BusinessId, account_id: UUID, told: PayoutTold, *, at: datetime, by: Actor
) -> str:
    """The same for an event: `Unavailable` if what it pays can't be read now."""
    with reading(business_id):
        account = payments.account(business_id, account_id)
    if not offers(account.kind, Capability.PAYOUTS):
        return "no one reads payouts of this gateway"
    return take_payout(business_id, account, told, at=at, by=by)


def take_payout(
    business_id: BusinessId, account: Account, told: PayoutTold, *, at: datetime, by: Actor
) -> str:
    """Books what a gateway says of a payout, all of it or nothing, and says what came of it; safe
    to repeat. What it pays that is ours and not booked is fetched first."""
    with reading(business_id):
        before = payouts.payout_of(business_id, account.id, told.gateway_ref)
    if before is None:
        if told.stage is PayoutStage.PENDING:
            return "the payout was not sent yet"
        movements = _movements(account, told.gateway_ref)
        fetch_missing(business_id, account, movements, at=at)
        before = _book(business_id, account, told, movements, at=at, by=by)
        _move_on(business_id, before, told, at=at, by=by)
        return "payout read"
    moved = _move_on(business_id, before, told, at=at, by=by)
    return f"payout {told.stage}" if moved else "known already"


def _book(
    business_id: BusinessId,
    account: Account,
    told: PayoutTold,
    movements: list[Movement],
    *,
    at: datetime,
    by: Actor,
) -> PayoutRow:
    def work() -> PayoutRow:
        matched = match(movements, known(business_id, account.id, movements))
        payout_id = payouts.keep_payout(business_id, account.id, told, matched, at=at, by=by)
        if payout_id is not None:
            row = payouts.payout(business_id, payout_id)
            made = _made(row, matched)
            ledger.post(business_id, [made] if made else [], at=at)
            publish(business_id, [Happened("payout.made", told_of(row))], at=at)
            if row.amount_minor == 0:  # no statement will ever show it
                payouts.move_payout(business_id, row.id, PayoutState.ARRIVED, at=at, by=by)
            else:
                _arrive_by_waiting_line(business_id, row, at=at, by=by)
        found = payouts.payout_of(business_id, account.id, told.gateway_ref)
        assert found is not None  # written now, or by whoever was quicker
        return found

    return run(business_id, work, give_up_seconds=PATIENCE_SECONDS)


def _made(row: PayoutRow, matched: list[Matched]) -> Entry | None:
    suspense = row.difference_minor + sum(one.suspense_minor for one in matched)
    return postings.payout_made(
        row.id,
        row.gateway_account_id,
        row.amount,
        fee=Money(row.fee_minor, row.currency),
        suspense=Money(suspense, row.currency),
        occurred_at=row.made_at,
        memo=encode("po", row.id),
    )


def _move_on(
    business_id: BusinessId, row: PayoutRow, told: PayoutTold, *, at: datetime, by: Actor
) -> bool:
    """The gateway says that it is paid, or that our bank sent it back."""
    targets = {PayoutStage.PAID: PayoutState.PAID, PayoutStage.FAILED: PayoutState.FAILED}
    target = targets.get(told.stage)
    if target is None or row.state == target:
        return False

    def work() -> bool:
        if not payouts.move_payout(business_id, row.id, target, at=at, by=by, failure=told.failure):
            return False
        if target == PayoutState.FAILED:
            entry = postings.payout_failed(
                row.id, row.gateway_account_id, row.amount, occurred_at=at,
                memo=encode("po", row.id),
            )  # fmt: skip
            ledger.post(business_id, [entry], at=at)
            publish(business_id, [Happened("payout.failed", told_of(row))], at=at)
        return True

    return run(business_id, work, is_small=True)


def _arrive_by_waiting_line(
    business_id: BusinessId, row: PayoutRow, *, at: datetime, by: Actor
) -> None:
    """The statement was quicker: a waiting line that names this payout, over its very amount."""
    line = lines.lock_waiting_payout(business_id, row.descriptor, row.amount)
    if line is not None:
        arrive(business_id, row.id, line.bank_account_id, line.booked_date, at=at, by=by)
        lines.mark_arrived(business_id, line.id, row.id, at=at, by=by)


def _meet_waiting_lines(business_id: BusinessId, account: Account, *, at: datetime) -> None:
    """A statement that came in at the same moment as its payout has missed it."""

    def meet(payout_id: UUID) -> None:
        if payouts.lock_payout(business_id, payout_id) in _ON_THEIR_WAY:
            row = payouts.payout(business_id, payout_id)
            _arrive_by_waiting_line(business_id, row, at=at, by=SYSTEM)

    with reading(business_id):
        named = payouts.open_payouts(business_id)
    ids = [one.id for one in named if one.gateway_account_id == account.id and one.descriptor]
    each_apart(ids, lambda one: run(business_id, lambda: meet(one), is_small=True))


def explain_account(business_id: BusinessId, account: Account, *, at: datetime) -> int:
    """Looks again at what stood in suspense: events come late, people repair. Returns how many
    movements were explained."""
    with reading(business_id):
        waiting = payouts.unexplained(business_id, account.id)
    return sum(each_apart(waiting, lambda one: _explain(business_id, account, one, at=at)))


def _explain(business_id: BusinessId, account: Account, row: PayoutRow, *, at: datetime) -> int:
    with reading(business_id):
        rows = payouts.lines_to_explain(business_id, row.id)
    movements = [_movement(one, row.currency) for one in rows]
    fetch_missing(business_id, account, movements, at=at)

    def work() -> int:
        done = 0
        there = known(business_id, account.id, movements, lines=[one.id for one in rows])
        for line, one in zip(rows, match(movements, there), strict=True):
            if has_no_fee_here(one):
                continue  # a person looks: nothing of ours has booked it
            moved = payouts.explain(business_id, line.id, one.ours)
            if moved:
                entry = postings.movement_explained(
                    line.id,
                    account.id,
                    Money(moved, row.currency),
                    explained_id=new_id(),
                    occurred_at=at,
                    memo=encode("po", row.id),
                )
                ledger.post(business_id, [entry], at=at)
                done += 1
        return done

    return run(business_id, work, is_small=True) if rows else 0


def _movement(line: PayoutLineRow, currency: str) -> Movement:
    return Movement(
        gateway_ref=line.gateway_ref,
        kind=MovementKind(line.kind),
        gross=Money(line.gross_minor, currency),
        fee=Money(line.fee_minor, currency),
        net=Money(line.net_minor, currency),
        occurred_at=line.occurred_at,
        source=line.source,
        charge=line.charge,
        reference=line.reference,
    )


def read_all(business_id: BusinessId, *, at: datetime) -> int:
    """Reads the payouts of every gateway account; one that can't be asked now is read tomorrow."""
    with reading(business_id):
        accounts = payments.gateway_accounts(business_id)
    return sum(each_apart(accounts, lambda account: read_account(business_id, account, at=at)))
