"""The only writer and reader of payouts and of what they pay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.reconciliation.payout_rows import (
    Matched,
    NamedPayout,
    Ours,
    PayoutLineRow,
    PayoutRow,
)
from counterfoil.domain.reconciliation.states import PAYOUT, PayoutState
from counterfoil.infra.db import execute, operation
from counterfoil.infra.sql import Statement
from counterfoil.infra.transitions import Move, Stored, begin_many, move_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, new_id, new_ids
from counterfoil.kernel.ports.gateways.payouts import PayoutTold

PAYOUTS = Stored(PAYOUT, "reconciliation_payout")

_PAGE = "ORDER BY p.id DESC LIMIT %(limit)s::int"
BY_ID = Statement(__package__, "payouts", PayoutRow, WHICH="AND p.id = %(id)s::uuid")
BY_REF = Statement(
    __package__,
    "payouts",
    PayoutRow,
    WHICH="AND p.gateway_account_id = %(account_id)s::uuid AND p.gateway_ref = %(ref)s::text",
)
NEWEST = Statement(__package__, "payouts", PayoutRow, WHICH=_PAGE)
OLDER = Statement(__package__, "payouts", PayoutRow, WHICH=f"AND p.id < %(before)s::uuid {_PAGE}")
UNEXPLAINED = Statement(
    __package__,
    "payouts",
    PayoutRow,
    WHICH=f"""AND p.gateway_account_id = %(account_id)s::uuid AND EXISTS (
      SELECT FROM reconciliation_payoutline l WHERE l.business_id = p.business_id
        AND l.payout_id = p.id AND l.suspense_minor <> 0 AND l.kind <> 'adjustment') {_PAGE}""",
)
LINES = Statement(
    __package__,
    "payout_lines",
    PayoutLineRow,
    WHICH="AND l.payout_id = %(id)s::uuid ORDER BY l.occurred_at, l.id",
)
TO_EXPLAIN = Statement(
    __package__,
    "payout_lines",
    PayoutLineRow,
    WHICH="AND l.payout_id = %(id)s::uuid AND l.suspense_minor <> 0 ORDER BY l.id",
)
NAMED = Statement(__package__, "named_payouts", NamedPayout, LOCK="")
LOCK_NAMED = Statement(__package__, "named_payouts", NamedPayout, LOCK="FOR UPDATE")


def payout(business_id: BusinessId, payout_id: UUID) -> PayoutRow:
    """One payout, or `NotFound`."""
    found = BY_ID.first(business_id=business_id, id=payout_id)
    if found is None:
        raise NotFound
    return found


def payout_of(business_id: BusinessId, account_id: UUID, gateway_ref: str) -> PayoutRow | None:
    """The payout that a gateway account knows by this id, if it was read."""
    return BY_REF.first(business_id=business_id, account_id=account_id, ref=gateway_ref)


def payouts(
    business_id: BusinessId, *, before: UUID | None = None, limit: int = 50
) -> list[PayoutRow]:
    """A page of payouts, the last read first."""
    if before is None:
        return NEWEST.rows(business_id=business_id, limit=limit)
    return OLDER.rows(business_id=business_id, before=before, limit=limit)


def unexplained(business_id: BusinessId, account_id: UUID, *, limit: int = 100) -> list[PayoutRow]:
    """Payouts of an account of which something is nothing of ours yet, the newest first; a mere
    adjustment never will be, and is left to a person."""
    return UNEXPLAINED.rows(business_id=business_id, account_id=account_id, limit=limit)


def payout_lines(business_id: BusinessId, payout_id: UUID) -> list[PayoutLineRow]:
    """What one payout pays, in the order it happened."""
    return LINES.rows(business_id=business_id, id=payout_id)


def lines_to_explain(business_id: BusinessId, payout_id: UUID) -> list[PayoutLineRow]:
    """What of a payout is nothing of ours (yet)."""
    return TO_EXPLAIN.rows(business_id=business_id, id=payout_id)


def open_payouts(business_id: BusinessId) -> list[NamedPayout]:
    """Payouts that a bank line may be."""
    return NAMED.rows(business_id=business_id)


def lock_open_payouts(business_id: BusinessId) -> list[NamedPayout]:
    """The same under lock: each arrives once."""
    return LOCK_NAMED.rows(business_id=business_id)


def paid_out(
    business_id: BusinessId, attempt_ids: Sequence[UUID], *, besides: Sequence[UUID] = ()
) -> set[tuple[UUID, str]]:
    """Which of these payments are in a payout already, as what (charge, return), `besides` these
    lines."""
    rows = execute(
        """
        SELECT l.attempt_id, l.kind FROM reconciliation_payoutline l
        WHERE l.business_id = %(business_id)s::uuid AND l.attempt_id = ANY(%(ids)s::uuid[])
          AND l.kind IN ('charge', 'return') AND l.id <> ALL(%(besides)s::uuid[])
        """,
        {"business_id": business_id, "ids": list(attempt_ids), "besides": list(besides)},
    )
    return {(attempt_id, kind) for attempt_id, kind in rows}


@operation
def keep_payout(
    business_id: BusinessId,
    account_id: UUID,
    told: PayoutTold,
    matched: Sequence[Matched],
    *,
    at: datetime,
    by: Actor,
) -> UUID | None:
    """Writes a payout with everything that it pays, once; None if it is there already."""
    (payout_id,) = new_ids(1, at=told.created_at)
    difference = told.amount.minor - sum(one.movement.net.minor for one in matched)
    rows = execute(
        _KEEP,
        {
            "business_id": business_id,
            "id": payout_id,
            "account_id": account_id,
            "ref": told.gateway_ref[:120],
            "currency": told.amount.currency,
            "amount": told.amount.minor,
            "fee": sum(one.fee_minor for one in matched),
            "difference": difference,
            "descriptor": told.descriptor[:120],
            "arrival": told.arrival_date,
            "made_at": told.created_at,
            "at": at,
        },
    )
    if not rows:
        return None
    begin_many(business_id, PAYOUT, [payout_id], at=at, by=by)
    if matched:
        execute(_KEEP_LINES, {"business_id": business_id, "id": payout_id, **_columns(matched)})
    return payout_id


def _columns(matched: Sequence[Matched]) -> dict[str, list[Any]]:
    moves = [one.movement for one in matched]
    return {
        "ids": [new_id() for _ in matched],
        "refs": [one.gateway_ref[:120] for one in moves],
        "kinds": [one.kind.value for one in moves],
        "grosses": [one.gross.minor for one in moves],
        "fees": [one.fee.minor for one in moves],
        "nets": [one.net.minor for one in moves],
        "occurred": [one.occurred_at for one in moves],
        "sources": [one.source[:120] for one in moves],
        "charges": [one.charge[:120] for one in moves],
        "references": [one.reference[:120] for one in moves],
        "attempts": [one.ours.attempt_id for one in matched],
        "refunds": [one.ours.refund_id for one in matched],
        "chargebacks": [one.ours.chargeback_id for one in matched],
        "problems": [one.ours.problem for one in matched],
        "suspenses": [one.suspense_minor for one in matched],
    }


_KEEP = """
INSERT INTO reconciliation_payout (business_id, id, gateway_account_id, gateway_ref, state,
  currency, amount_minor, fee_minor, difference_minor, descriptor, arrival_date, made_at, read_at)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(account_id)s::uuid, %(ref)s::text, 'in_transit',
  %(currency)s::text, %(amount)s::bigint, %(fee)s::bigint, %(difference)s::bigint,
  %(descriptor)s::text, %(arrival)s::date, %(made_at)s::timestamptz, %(at)s::timestamptz)
ON CONFLICT (business_id, gateway_account_id, gateway_ref) DO NOTHING RETURNING id
"""
_KEEP_LINES = """
INSERT INTO reconciliation_payoutline (business_id, id, payout_id, gateway_ref, kind, gross_minor,
  fee_minor, net_minor, occurred_at, source, charge, reference, attempt_id, refund_id,
  chargeback_id, problem, suspense_minor)
SELECT %(business_id)s::uuid, n.id, %(id)s::uuid, n.ref, n.kind, n.gross, n.fee, n.net, n.at,
  n.source, n.charge, n.reference, n.attempt_id, n.refund_id, n.chargeback_id, n.problem,
  n.suspense
FROM unnest(%(ids)s::uuid[], %(refs)s::text[], %(kinds)s::text[], %(grosses)s::bigint[],
  %(fees)s::bigint[], %(nets)s::bigint[], %(occurred)s::timestamptz[], %(sources)s::text[],
  %(charges)s::text[], %(references)s::text[], %(attempts)s::uuid[], %(refunds)s::uuid[],
  %(chargebacks)s::uuid[], %(problems)s::text[], %(suspenses)s::bigint[])
  AS n(id, ref, kind, gross, fee, net, at, source, charge, reference, attempt_id, refund_id,
       chargeback_id, problem, suspense)
"""


def lock_payout(business_id: BusinessId, payout_id: UUID) -> PayoutState:
    """The state of a payout that is under lock now; `NotFound` if there is none."""
    rows = execute(
        """
        SELECT p.state FROM reconciliation_payout p
        WHERE p.business_id = %(business_id)s::uuid AND p.id = %(id)s::uuid FOR UPDATE
        """,
        {"business_id": business_id, "id": payout_id},
    )
    if not rows:
        raise NotFound
    return PayoutState(rows[0][0])


@operation
def move_payout(
    business_id: BusinessId,
    payout_id: UUID,
    target: PayoutState,
    *,
    at: datetime,
    by: Actor,
    failure: str = "",
) -> bool:
    """Moves a payout on; False where it is there already, or beyond."""
    source = lock_payout(business_id, payout_id)
    if not PAYOUT.allows(source, target):
        return False
    move = Move(payout_id, source, target, failure)
    move_many(business_id, PAYOUTS, [move], at=at, by=by)
    execute(
        """
        UPDATE reconciliation_payout
        SET failure = %(failure)s::text,
            arrived_at = CASE WHEN state = 'arrived' THEN %(at)s::timestamptz END
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": payout_id, "failure": failure[:300], "at": at},
    )
    return True


@operation
def explain(business_id: BusinessId, line_id: UUID, ours: Ours) -> int:
    """A movement that was nothing of ours is something now; returns what of it leaves suspense:
    nothing where somebody was quicker."""
    rows = execute(
        """
        WITH was AS (
          SELECT l.id, l.suspense_minor, l.gross_minor FROM reconciliation_payoutline l
          WHERE l.business_id = %(business_id)s::uuid AND l.id = %(id)s::uuid
            AND l.suspense_minor <> 0 FOR UPDATE
        )
        UPDATE reconciliation_payoutline l
        SET attempt_id = %(attempt)s::uuid, refund_id = %(refund)s::uuid,
            chargeback_id = %(chargeback)s::uuid, problem = %(problem)s::text,
            suspense_minor = was.gross_minor - %(booked)s::bigint
        FROM was WHERE l.business_id = %(business_id)s::uuid AND l.id = was.id
        RETURNING was.suspense_minor - l.suspense_minor
        """,
        {
            "business_id": business_id,
            "id": line_id,
            "attempt": ours.attempt_id,
            "refund": ours.refund_id,
            "chargeback": ours.chargeback_id,
            "problem": ours.problem,
            "booked": ours.booked_minor,
        },
    )
    return int(rows[0][0]) if rows else 0
