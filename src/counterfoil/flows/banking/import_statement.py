"""Bank statements come in: a preview of what a file holds, then its lines, each once for ever."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments.accounts.kinds import BANK
from counterfoil.domain.payments.rows import NewReceipt
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.reconciliation import operations, payouts, queries, refund_lines
from counterfoil.domain.reconciliation.matching import NOBODY, Known, Named, all_keys, decide, known
from counterfoil.domain.reconciliation.rows import Decision, NamedCustomer, NamedItem, NewLine
from counterfoil.domain.reconciliation.states import LineState
from counterfoil.flows.banking.close_payout import arrive
from counterfoil.flows.banking.close_refund import Shown, close
from counterfoil.flows.banking.receive_money import Arrival, receive
from counterfoil.flows.banking.statements import NoBankAccount, Ours, ours, read_file
from counterfoil.flows.settle_payment import AT_ONCE
from counterfoil.infra.db import reading, run, working_ahead
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.batches import in_one_go
from counterfoil.kernel.ids import BusinessId, new_id, new_ids
from counterfoil.kernel.ports.banks import NO_HINTS, Hints, StatementProblem

LINES_AT_ONCE = 10_000
PATIENCE_SECONDS = 120.0
INSTRUMENT = "bank_transfer"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class StatementPlan:
    """What a file holds: its new lines with what will become of each, and those there already."""

    format: str
    statements: tuple[Ours, ...]
    lines: tuple[NewLine, ...]
    decisions: tuple[Decision, ...]
    already: tuple[NewLine, ...]
    pending: int
    problems: tuple[StatementProblem, ...]

    def of(self, state: LineState) -> list[tuple[NewLine, Decision]]:
        """The new lines that will be in this state."""
        pairs = zip(self.lines, self.decisions, strict=True)
        return [(line, decision) for line, decision in pairs if decision.state is state]


@dataclass(frozen=True, slots=True)
class ImportedLines:
    """What an import did."""

    settled: int = 0
    waiting: int = 0
    aside: int = 0
    already: int = 0


@in_one_go()
def preview(
    business_id: BusinessId,
    content: bytes,
    *,
    account_id: UUID | None = None,
    hints: Hints = NO_HINTS,
) -> StatementPlan:
    """Reads the file and says what would become of each line; writes nothing.

    Refuses the file as a whole: what can't be read (`StatementRefused`), what is of an account
    that is not ours (`OtherAccount`), and all of them while there is none (`NoBankAccount`).
    """
    with reading(business_id):
        accounts = businesses.bank_accounts(business_id)
    if not accounts:
        raise NoBankAccount
    chosen = next((one for one in accounts if one.id == account_id), None)
    if chosen is None and account_id is None and len(accounts) == 1:
        chosen = accounts[0]
    if chosen is not None:
        hints = Hints(
            account=hints.account,
            currency=hints.currency or chosen.currency,
            day_first=hints.day_first,
            decimal_mark=hints.decimal_mark,
        )
    read = read_file(content, hints)
    found = ours(read, accounts, chosen)
    lines = _lines(found)
    with reading(business_id):
        there = queries.imported(business_id, lines) if lines else set()
        new = [one for one in lines if (one.account_id, one.line.ref) not in there]
        keys = all_keys(new)
        customers = queries.named_customers(business_id, keys)
        items = queries.named_items(business_id, keys, customers)
        named = known(
            items,
            payouts.open_payouts(business_id),
            refund_lines.named_refunds(business_id, new),
            refund_lines.offered(business_id, new),
            _named(business_id, customers, items),
            keys,
        )
    return StatementPlan(
        format=read.format,
        statements=tuple(found),
        lines=tuple(new),
        decisions=tuple(decide(new, named)),
        already=tuple(one for one in lines if (one.account_id, one.line.ref) in there),
        pending=sum(len(one.pending) for one in read.statements),
        problems=read.problems,
    )


def _lines(found: Sequence[Ours]) -> list[NewLine]:
    """Every booked line, once: files may hold the same statement twice."""
    lines = {
        (one.account.id, line.ref): NewLine(new_id(), one.account.id, line)
        for one in found
        for line in one.statement.lines
    }
    return list(lines.values())


def apply(
    business_id: BusinessId,
    plan: StatementPlan,
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
    on_progress: Progress = lambda _done, _total: None,
) -> ImportedLines:
    """Imports the new lines, at most 10,000 in one transaction: those that name their invoice are
    settled, the others wait or are put aside. What somebody else imported meanwhile is left out.
    """
    done = ImportedLines(already=len(plan.already))
    for start in range(0, len(plan.lines), LINES_AT_ONCE):
        part = plan.lines[start : start + LINES_AT_ONCE]
        with in_one_go():
            one = run(
                business_id,
                lambda part=part: _bring_in(business_id, part, at=at, by=by, quiet=quiet),  # type: ignore[misc]
                give_up_seconds=PATIENCE_SECONDS,
            )
        done = ImportedLines(
            done.settled + one.settled,
            done.waiting + one.waiting,
            done.aside + one.aside,
            done.already + one.already,
        )
        on_progress(start + len(part), len(plan.lines))
    return done


def _bring_in(
    business_id: BusinessId, lines: Sequence[NewLine], *, at: datetime, by: Actor, quiet: bool
) -> ImportedLines:
    """What the lines are, decided anew under lock; what they pay; then they themselves."""
    new = operations.lock_new_lines(business_id, lines)
    decisions = decide(new, _lock_known(business_id, new))
    with working_ahead() if len(new) > AT_ONCE else nullcontext():
        _write(business_id, new, decisions, at=at, by=by, quiet=quiet)
    states = [one.state for one in decisions]
    return ImportedLines(
        settled=states.count(LineState.SETTLED),
        waiting=states.count(LineState.WAITING),
        aside=states.count(LineState.ASIDE),
        already=len(lines) - len(new),
    )


def _write(
    business_id: BusinessId,
    new: Sequence[NewLine],
    decisions: Sequence[Decision],
    *,
    at: datetime,
    by: Actor,
    quiet: bool,
) -> None:
    by_id = {one.id: one for one in new}
    paying = [
        one
        for one in decisions
        if one.state is LineState.SETTLED and one.payout_id is None and one.refund_id is None
    ]
    attempts = {
        one.line_id: attempt_id
        for one, attempt_id in zip(paying, new_ids(len(paying), at=at), strict=True)
    }
    were = {}
    for one in decisions:
        if one.payout_id is not None:
            line = by_id[one.line_id]
            on = line.line.booked_date
            arrive(business_id, one.payout_id, line.account_id, on, at=at, by=by)
        if one.refund_id is not None:
            shown = _shown(by_id[one.line_id])
            were[one.line_id] = close(business_id, one.refund_id, shown, at=at, by=by, quiet=quiet)
    operations.keep_lines(business_id, new, decisions, attempts, were, at=at, by=by)
    arrivals = [_arrival(attempts[one.line_id], by_id[one.line_id], one) for one in paying]
    receive(business_id, arrivals, at=at, by=by, quiet=quiet)


def _lock_known(business_id: BusinessId, new: Sequence[NewLine]) -> Known:
    """What the lines may be, under lock: payments before invoices, as whoever refunds does."""
    named = refund_lines.lock_named_refunds(business_id, new)
    keys = all_keys(new)
    customers = queries.named_customers(business_id, keys)
    items = operations.lock_named(business_id, keys, customers)
    open_payouts = payouts.lock_open_payouts(business_id)
    offered = refund_lines.offered(business_id, new)
    theirs = _named(business_id, customers, items)
    return known(items, open_payouts, named, offered, theirs, keys)


def _named(
    business_id: BusinessId, customers: Sequence[NamedCustomer], items: Sequence[NamedItem]
) -> Named:
    """The customers whom lines name themselves, with what of theirs somebody is paying now."""
    if not customers:
        return NOBODY
    whose = {one.id for one in customers}
    theirs = [item.id for item in items if item.customer_id in whose]
    held = receivables.open_claims(business_id, theirs) if theirs else {}
    return Named(customers, frozenset(held))


def _shown(one: NewLine) -> Shown:
    return Shown(one.account_id, one.line.amount, one.line.booked_date, one.line.bank_ref)


def _arrival(attempt_id: UUID, one: NewLine, decision: Decision) -> Arrival:
    assert decision.customer_id is not None  # a line settles by its invoices' customer
    receipt = NewReceipt(
        id=attempt_id,
        customer_id=decision.customer_id,
        gateway_account_id=one.account_id,
        amount=one.line.amount,
        form_key=form_key(one.account_id, one.line.ref),
        instrument_kind=INSTRUMENT,
        payer=one.line.counterparty,
    )
    return Arrival(receipt, decision.parts, one.line.booked_date, one.line.bank_ref)


def form_key(account_id: UUID, ref: str) -> str:
    """The key under which a line's money is recorded, whoever does it: once."""
    return f"{BANK}:{account_id.hex}:{ref}"
