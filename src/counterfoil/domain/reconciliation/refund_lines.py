"""Bank lines that are, or may be, refunds by hand: found, offered, and marked as such."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments.refunds import lock_refunded
from counterfoil.domain.reconciliation import queries
from counterfoil.domain.reconciliation.matching import compact_text, refund_refs, texts_of
from counterfoil.domain.reconciliation.operations import LINES, NotWaiting, bring_back, lock_line
from counterfoil.domain.reconciliation.rows import (
    LineRow,
    LockedLine,
    NamedRefund,
    NewLine,
    RefundOffer,
)
from counterfoil.domain.reconciliation.states import LineState, Why
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.sql import Statement
from counterfoil.infra.transitions import Move, move_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId

OFFERS_SHOWN = 5
NAMED = Statement(__package__, "named_refunds", NamedRefund)
OFFERS = Statement(__package__, "refund_offers", RefundOffer)


@held_by("reconciliation_refund_leaves_once", "reconciliation_refund_returns_once")
class RefundShown(Conflict):
    """Another line of a bank statement is this refund."""

    code = "refund_shown"
    message = "A bank line shows this refund already. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid by a line, as the bank has it."""

    name: str
    account: str


def named_refunds(business_id: BusinessId, lines: Sequence[NewLine]) -> list[NamedRefund]:
    """The refunds by hand whose references stand in these lines."""
    refs = sorted({ref for one in lines for ref in refund_refs(one.line)})
    return NAMED.rows(business_id=business_id, refs=refs) if refs else []


def lock_named_refunds(business_id: BusinessId, lines: Sequence[NewLine]) -> list[NamedRefund]:
    """The same with their payments under lock; do it before invoices are locked."""
    found = named_refunds(business_id, lines)
    if not found:
        return []
    lock_refunded(business_id, [one.attempt_id for one in found])
    return named_refunds(business_id, lines)


def offered(business_id: BusinessId, lines: Sequence[NewLine]) -> set[UUID]:
    """Which of these lines over money that left may be refunds: a person has to say."""
    left = [one for one in lines if one.line.amount.minor < 0]
    if not left:
        return set()
    rows = OFFERS.rows(
        business_id=business_id,
        ids=[one.id for one in left],
        marks=[queries.mark(one.line.counterparty_account.identifier) for one in left],
        names=[one.line.counterparty[:200] for one in left],
        currencies=[one.line.amount.currency for one in left],
        amounts=[one.line.amount.minor for one in left],
        texts=[compact_text(*texts_of(one.line)) for one in left],
        limit=OFFERS_SHOWN * len(left),
    )
    return {row.line_id for row in rows}


def offers(business_id: BusinessId, line: LineRow) -> list[RefundOffer]:
    """What a line that waits, or was put aside as money that left, may be."""
    return OFFERS.rows(
        business_id=business_id,
        ids=[line.id],
        marks=[queries.mark(line.counterparty_account)],
        names=[line.counterparty],
        currencies=[line.currency],
        amounts=[line.amount_minor],
        texts=[compact_text(line.remittance, line.reference)],
        limit=OFFERS_SHOWN,
    )


def payer_of(business_id: BusinessId, attempt_id: UUID) -> Payer | None:
    """Who made a payment by transfer, as its bank line says; None for any other payment."""
    rows = execute(
        """
        SELECT l.id, l.counterparty, l.counterparty_account FROM reconciliation_bankline l
        WHERE l.business_id = %(business_id)s::uuid AND l.attempt_id = %(attempt_id)s::uuid
        """,
        {"business_id": business_id, "attempt_id": attempt_id},
    )
    return next((Payer(name, queries.opened(account, id_)) for id_, name, account in rows), None)


def lines_of(business_id: BusinessId, refund_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The lines by which refunds left our bank, by refund."""
    if not refund_ids:
        return {}
    rows = execute(
        """
        SELECT l.refund_id, l.id FROM reconciliation_bankline l
        WHERE l.business_id = %(business_id)s::uuid AND l.amount_minor < 0
          AND l.refund_id = ANY(%(ids)s::uuid[])
        """,
        {"business_id": business_id, "ids": list(refund_ids)},
    )
    return dict(rows)


def lock_free(business_id: BusinessId, line_id: UUID) -> LockedLine:
    """A line under lock that nobody has dealt with; money that left was put aside by itself, and is
    free all the same. Refuses `NotFound` and `NotWaiting`."""
    line = lock_line(business_id, line_id)
    is_free = line.state == LineState.WAITING
    if not is_free and not (line.state == LineState.ASIDE and line.amount_minor < 0):
        raise NotWaiting
    return line


@operation
def mark_refund(
    business_id: BusinessId, line: LockedLine, refund_id: UUID, was: str, *, at: datetime, by: Actor
) -> None:
    """A free line, under lock, is a refund; one that was put aside is brought back for it. `was` is
    the state of the refund that this line alone made sent."""
    if line.state == LineState.ASIDE:
        bring_back(business_id, line.id, at=at, by=by)
    columns = {"refund_id": refund_id, "refund_was": was, "problem": "", "note": ""}
    move = Move(line.id, LineState.WAITING, LineState.SETTLED, "", columns)
    move_many(business_id, LINES, [move], at=at, by=by)


@operation
def unmark_refund(business_id: BusinessId, line: LockedLine, *, at: datetime, by: Actor) -> None:
    """A line under lock was not the refund that it was taken for: it waits again."""
    columns = {"refund_id": None, "refund_was": "", "problem": Why.MAYBE_REFUND.value}
    move = Move(line.id, LineState.SETTLED, LineState.WAITING, "", columns)
    move_many(business_id, LINES, [move], at=at, by=by)
