"""The only writer of bank lines: keep them, and move them on with their history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from counterfoil.domain.reconciliation import queries
from counterfoil.domain.reconciliation.matching import Keys
from counterfoil.domain.reconciliation.rows import (
    Decision,
    LockedLine,
    NamedCustomer,
    NamedItem,
    NewLine,
)
from counterfoil.domain.reconciliation.states import LINE, LineState, Why
from counterfoil.infra.db import execute, operation
from counterfoil.infra.secrets.box import seal_long
from counterfoil.infra.sql import Statement
from counterfoil.infra.transitions import Move, Stored, begin_many, move_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money

LINES = Stored(LINE, "reconciliation_bankline")


@dataclass(frozen=True, slots=True)
class Held:
    """A bank account under lock."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Kept:
    """How many lines were written."""

    lines: int


KEEP = Statement(__package__, "keep_lines", Kept)
LOCK_ACCOUNTS = Statement(__package__, "lock_accounts", Held)
LOCK_LINES = Statement(__package__, "lock_lines", LockedLine)
LOCK_NAMED = Statement(__package__, "named_items", NamedItem, LOCK="FOR UPDATE OF o")


class NotWaiting(Conflict):
    """Somebody else has dealt with the line already."""

    code = "line_not_waiting"
    message = "This bank line has been dealt with already."


@operation
def lock_new_lines(business_id: BusinessId, lines: Sequence[NewLine]) -> list[NewLine]:
    """Which of these lines are not there yet; whoever imports into one of their accounts meanwhile
    waits for the end of this transaction, and then finds them there."""
    if not lines:
        return []
    LOCK_ACCOUNTS.rows(business_id=business_id, ids=sorted({one.account_id for one in lines}))
    there = queries.imported(business_id, lines)
    return [one for one in lines if (one.account_id, one.line.ref) not in there]


@operation
def keep_lines(  # noqa: PLR0913  what lines may have become
    business_id: BusinessId,
    lines: Sequence[NewLine],
    decisions: Sequence[Decision],
    attempts: Mapping[UUID, UUID],
    refunds_were: Mapping[UUID, str],
    *,
    at: datetime,
    by: Actor,
) -> None:
    """Keeps lines that are not there (`lock_new_lines`) as what has become of each, with their
    whole histories: those with a payment are settled, others put aside; why one waits is noted on
    it. `refunds_were` says what the refunds were that lines alone sent."""
    if not lines:
        return
    became = {one.line_id: one for one in decisions}
    each = [became[one.id] for one in lines]
    outcome = {
        "states": [one.state.value for one in each],
        "problems": [str(one.problem or "") for one in each],
        "attempts": [attempts.get(one.line_id) for one in each],
        "payouts": [one.payout_id for one in each],
        "refunds": [one.refund_id for one in each],
        "refunds_were": [refunds_were.get(one.line_id, "") for one in each],
    }
    params = {"business_id": business_id, "at": at, **_columns(lines), **outcome}
    KEEP.rows_later(partial(_check_kept, len(lines)), **params)
    ends: dict[tuple[LineState | None, str], list[UUID]] = {}
    for one in each:
        is_over = one.state is not LineState.WAITING
        end = (one.state, str(one.problem or "")) if is_over else (None, "")
        ends.setdefault(end, []).append(one.line_id)
    for (state, why), ids in ends.items():
        begin_many(business_id, LINE, ids, at=at, by=by, ending_in=state, because=why)


def _check_kept(wanted: int, found: Sequence[Kept]) -> None:
    assert found == [Kept(wanted)]


def _columns(lines: Sequence[NewLine]) -> dict[str, list[object]]:
    said = [one.line for one in lines]
    return {
        "ids": [one.id for one in lines],
        "accounts": [one.account_id for one in lines],
        "refs": [line.ref for line in said],
        "booked": [line.booked_date for line in said],
        "valued": [line.value_date for line in said],
        "currencies": [line.amount.currency for line in said],
        "amounts": [line.amount.minor for line in said],
        "counterparties": [line.counterparty[:200] for line in said],
        "counterparty_accounts": [
            seal_long(one.line.counterparty_account.identifier, queries.place(one.id))
            for one in lines
        ],
        "marks": [queries.mark(line.counterparty_account.identifier) for line in said],
        "remittances": [line.remittance[:2000] for line in said],
        "references": [line.reference.value[:60] if line.reference else "" for line in said],
        "bank_refs": [line.bank_ref[:120] for line in said],
    }


def lock_named(
    business_id: BusinessId, keys: Keys, named: Sequence[NamedCustomer] = ()
) -> list[NamedItem]:
    """The invoices that lines may name, and those of the customers who are named themselves, under
    lock, in ascending order."""
    if not keys.references and not keys.numbers:
        return []
    return LOCK_NAMED.rows(**queries.asked_for(business_id, keys, named))


def lock_waiting(business_id: BusinessId, line_id: UUID) -> LockedLine:
    """A line under lock that nobody has dealt with; refuses `NotFound` and `NotWaiting`."""
    line = lock_line(business_id, line_id)
    if line.state != LineState.WAITING:
        raise NotWaiting
    return line


def lock_line(business_id: BusinessId, line_id: UUID) -> LockedLine:
    """A line under lock, in whatever state; `NotFound` if there is none."""
    found = LOCK_LINES.first(business_id=business_id, ids=[line_id])
    if found is None:
        raise NotFound
    return found


@operation
def mark_settled(
    business_id: BusinessId, line_id: UUID, attempt_id: UUID, *, at: datetime, by: Actor
) -> None:
    """A waiting line became a payment."""
    columns = {"attempt_id": attempt_id, "problem": ""}
    move = Move(line_id, LineState.WAITING, LineState.SETTLED, "", columns)
    move_many(business_id, LINES, [move], at=at, by=by)


def lock_waiting_payout(
    business_id: BusinessId, descriptor: str, amount: Money
) -> LockedLine | None:
    """The oldest waiting line over this very amount in whose words a payout is named, under lock;
    None if there is none. Money that left was put aside: it waits for a payout all the same."""
    words = " ".join(descriptor.split())
    if not words:
        return None
    rows = execute(
        """
        SELECT l.id FROM reconciliation_bankline l
        WHERE l.business_id = %(business_id)s::uuid
          AND (l.state = 'waiting' OR l.state = 'aside' AND l.problem = 'outgoing')
          AND l.amount_minor = %(amount)s::bigint AND l.currency = %(currency)s::text
          AND strpos(upper(regexp_replace(concat_ws(' ', '', l.remittance, l.reference,
                                                    l.counterparty, ''), '\\s+', ' ', 'g')),
                     concat(' ', upper(%(words)s::text), ' ')) > 0
        ORDER BY l.id LIMIT 1 FOR UPDATE
        """,
        {
            "business_id": business_id,
            "amount": amount.minor,
            "currency": amount.currency,
            "words": words,
        },
    )
    return lock_line(business_id, rows[0][0]) if rows else None


@operation
def mark_arrived(
    business_id: BusinessId, line_id: UUID, payout_id: UUID, *, at: datetime, by: Actor
) -> None:
    """A waiting line is the arrival of a payout; one that was put aside is brought back for it."""
    if lock_line(business_id, line_id).state == LineState.ASIDE:
        bring_back(business_id, line_id, at=at, by=by)
    columns = {"payout_id": payout_id, "problem": ""}
    move = Move(line_id, LineState.WAITING, LineState.SETTLED, "", columns)
    move_many(business_id, LINES, [move], at=at, by=by)


@operation
def put_aside(
    business_id: BusinessId, line_id: UUID, *, note: str, at: datetime, by: Actor
) -> None:
    """A waiting line is no customer's payment, for the reason in `note`; `NotWaiting` else."""
    lock_waiting(business_id, line_id)
    columns = {"problem": Why.NOT_A_PAYMENT.value, "note": note[:300]}
    move = Move(line_id, LineState.WAITING, LineState.ASIDE, note, columns)
    move_many(business_id, LINES, [move], at=at, by=by)


@operation
def bring_back(business_id: BusinessId, line_id: UUID, *, at: datetime, by: Actor) -> None:
    """A line that was put aside waits again. Refuses (`IllegalMove`) any other."""
    line = lock_line(business_id, line_id)
    columns = {"problem": Why.NO_REFERENCE.value, "note": ""}
    move = Move(line_id, LineState(line.state), LineState.WAITING, "", columns)
    move_many(business_id, LINES, [move], at=at, by=by)
