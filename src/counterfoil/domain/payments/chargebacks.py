"""The only writer of chargebacks and of the evidence that answers them."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments.chargeback_outcomes import CONTESTED, ChargebackChange
from counterfoil.domain.payments.rows import ChargebackRow, EvidenceRow
from counterfoil.domain.payments.states import CHARGEBACK, ChargebackState
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.outbox import Happened, publish
from counterfoil.infra.secrets.box import open_long, place_of, seal_long
from counterfoil.infra.sql import Statement
from counterfoil.infra.transitions import Move, Stored, begin_many, move_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, new_id

CHARGEBACKS = Stored(CHARGEBACK, "payments_chargeback")

_BY_ID = "AND d.id = ANY(%(ids)s::uuid[]) ORDER BY d.id"
_OF = "AND d.attempt_id = ANY(%(attempt_ids)s::uuid[]) ORDER BY d.id"
_TO_ASK = """AND d.state IN ('open', 'answered')
  AND (d.evidence_sent_at < %(before)s::timestamptz OR d.evidence_due_at < %(before)s::timestamptz)
  ORDER BY d.id LIMIT %(limit)s::int"""
_DUE = """AND d.state = 'open' AND d.evidence_sent_at IS NULL
  AND d.evidence_due_at > %(after)s::timestamptz AND d.evidence_due_at <= %(until)s::timestamptz
  ORDER BY d.id"""
BY_ID = Statement(__package__, "chargebacks", ChargebackRow, WHICH=_BY_ID)
OF = Statement(__package__, "chargebacks", ChargebackRow, WHICH=_OF)
TO_ASK = Statement(__package__, "chargebacks", ChargebackRow, WHICH=_TO_ASK)
DUE = Statement(__package__, "chargebacks", ChargebackRow, WHICH=_DUE)
EVIDENCE = Statement(__package__, "evidence", EvidenceRow)


class AnsweredAlready(Conflict):
    """The chargeback was answered, or decided: it takes no evidence any more."""

    code = "chargeback_answered"
    message = "This chargeback takes no evidence any more. Nothing was sent."


@held_by("payments_evidence_once")
class SameFile(Conflict):
    """The very same file is there already."""

    code = "same_file"
    message = "This file has been added already."


def chargeback(business_id: BusinessId, chargeback_id: UUID) -> ChargebackRow:
    """One chargeback, or `NotFound`."""
    found = BY_ID.first(business_id=business_id, ids=[chargeback_id])
    if found is None:
        raise NotFound
    return found


def chargebacks_of(business_id: BusinessId, attempt_ids: list[UUID]) -> list[ChargebackRow]:
    """Every chargeback of these payments, oldest first."""
    return OF.rows(business_id=business_id, attempt_ids=attempt_ids)


def chargebacks_to_ask(
    business_id: BusinessId, *, before: datetime, limit: int = 100
) -> list[ChargebackRow]:
    """Those that were answered, or whose time is over, and of which nothing was heard since."""
    return TO_ASK.rows(business_id=business_id, before=before, limit=limit)


def chargebacks_due(
    business_id: BusinessId, *, after: datetime, until: datetime
) -> list[ChargebackRow]:
    """Those that nobody has answered and whose time ends between these moments."""
    return DUE.rows(business_id=business_id, after=after, until=until)


def evidence(business_id: BusinessId, chargeback_id: UUID) -> list[EvidenceRow]:
    """The files that were added to a chargeback, in their order."""
    return EVIDENCE.rows(business_id=business_id, chargeback_id=chargeback_id)


@operation
def record_chargeback(
    business_id: BusinessId,
    change: ChargebackChange,
    *,
    taken_minor: int,
    at: datetime,
    by: Actor,
    telling: list[Happened],
) -> None:
    """Writes what a gateway's word does to a chargeback whose payment is under lock: the row, its
    history, what the payment has left; with the events that tell of it.

    `taken_minor` is what is taken from the customer's side from now on: nothing unless it is lost.
    """
    row, columns = change.chargeback, {"decided_at": change.chargeback.decided_at}
    source = change.source or ChargebackState.OPEN
    if change.source is None:
        _insert(business_id, row)
        begin_many(business_id, CHARGEBACK, [row.id], at=at, by=by, reason=row.reason_code)
    if source != change.target:
        move = Move(row.id, source, change.target, row.problem, columns)
        move_many(business_id, CHARGEBACKS, [move], at=at, by=by)
    execute(
        _NOTE,
        {
            "business_id": business_id,
            "id": row.id,
            "fee": row.fee_minor,
            "taken": taken_minor,
            "problem": row.problem,
            "due_at": row.evidence_due_at,
        },
    )
    was, is_now = _counted(change.source), _counted(change.target)
    execute(
        _COUNT,
        {
            "business_id": business_id,
            "id": row.attempt_id,
            "contested": row.held_minor * (is_now[0] - was[0]),
            "lost": row.held_minor * (is_now[1] - was[1]),
        },
    )
    publish(business_id, telling, at=at, quiet=True)


def _counted(state: ChargebackState | None) -> tuple[int, int]:
    """Whether it counts as contested, and whether as lost."""
    return int(state in CONTESTED), int(state == ChargebackState.LOST)


def _insert(business_id: BusinessId, row: ChargebackRow) -> None:
    execute(
        _BEGIN,
        {
            "business_id": business_id,
            "id": row.id,
            "attempt_id": row.attempt_id,
            "gateway_ref": row.gateway_ref,
            "currency": row.currency,
            "amount": row.amount_minor,
            "held": row.held_minor,
            "reason": row.reason_code,
            "opened_at": row.opened_at,
        },
    )


_BEGIN = """
INSERT INTO payments_chargeback (business_id, id, attempt_id, state, gateway_ref, currency,
  amount_minor, held_minor, reason_code, opened_at)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(attempt_id)s::uuid, 'open', %(gateway_ref)s::text,
  %(currency)s::text, %(amount)s::bigint, %(held)s::bigint, %(reason)s::text,
  %(opened_at)s::timestamptz)
"""
_NOTE = """
UPDATE payments_chargeback
SET fee_minor = %(fee)s::bigint, taken_minor = %(taken)s::bigint, problem = %(problem)s::text,
    evidence_due_at = %(due_at)s::timestamptz
WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
"""
_COUNT = """
UPDATE payments_attempt a
SET contested_minor = a.contested_minor + %(contested)s::bigint,
    charged_back_minor = a.charged_back_minor + %(lost)s::bigint,
    over_refunding_minor = greatest(0, a.refunding_minor + a.refunded_minor + a.contested_minor
                                       + %(contested)s::bigint + a.charged_back_minor
                                       + %(lost)s::bigint - a.amount_minor)
WHERE a.business_id = %(business_id)s::uuid AND a.id = %(id)s::uuid
"""


@operation
def add_evidence(  # noqa: PLR0913  what is known of a file
    business_id: BusinessId,
    chargeback_id: UUID,
    *,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    at: datetime,
    by: Actor,
) -> UUID:
    """Notes a file of the answer, whose bytes are stored. Refuses `AnsweredAlready`, and the very
    same file again (`SameFile`)."""
    _lock_open(business_id, chargeback_id)
    evidence_id = new_id()
    execute(
        """
        INSERT INTO payments_evidence (business_id, id, chargeback_id, name, media_type, size,
                                       sha256, added_at, added_by)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(chargeback_id)s::uuid, %(name)s::text,
                %(media_type)s::text, %(size)s::integer, %(sha256)s::text, %(at)s::timestamptz,
                %(by)s::text)
        """,
        {
            "business_id": business_id,
            "id": evidence_id,
            "chargeback_id": chargeback_id,
            "name": name[:120],
            "media_type": media_type,
            "size": size,
            "sha256": sha256,
            "at": at,
            "by": by.label[:120],
        },
    )
    return evidence_id


@operation
def remove_evidence(business_id: BusinessId, chargeback_id: UUID, evidence_id: UUID) -> str:
    """Takes a file out of an answer that was not sent; returns its fingerprint."""
    _lock_open(business_id, chargeback_id)
    rows = execute(
        """
        DELETE FROM payments_evidence e
        WHERE e.business_id = %(business_id)s::uuid AND e.id = %(id)s::uuid
          AND e.chargeback_id = %(chargeback_id)s::uuid
        RETURNING e.sha256
        """,
        {"business_id": business_id, "id": evidence_id, "chargeback_id": chargeback_id},
    )
    if not rows:
        raise NotFound
    return str(rows[0][0])


@operation
def begin_answer(
    business_id: BusinessId, chargeback_id: UUID, text: str, *, at: datetime, by: Actor
) -> None:
    """Notes that an answer is on its way; commit before the gateway is called. Refuses
    (`AnsweredAlready`) a second one."""
    _lock_open(business_id, chargeback_id)
    execute(
        """
        UPDATE payments_chargeback
        SET evidence_text = %(text)s::text, evidence_by = %(by)s::text,
            evidence_sent_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": chargeback_id,
            "text": seal_long(text, _place(chargeback_id)),
            "by": by.label[:120],
            "at": at,
        },
    )


def answer_of(chargeback: ChargebackRow) -> str:
    """What was written to the gateway; empty before that."""
    return open_long(chargeback.evidence_text, _place(chargeback.id))


def _place(chargeback_id: UUID) -> str:
    return place_of("payments_chargeback", "evidence_text", chargeback_id)


@operation
def answer_not_sent(business_id: BusinessId, chargeback_id: UUID) -> None:
    """The gateway is proven to have no answer: it may be given (again)."""
    execute(
        """
        UPDATE payments_chargeback SET evidence_sent_at = NULL
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND state = 'open'
        """,
        {"business_id": business_id, "id": chargeback_id},
    )


@operation
def look_at_chargeback(business_id: BusinessId, chargeback_id: UUID, *, at: datetime) -> bool:
    """A person has looked at one that was lost, or that does not add up; False if nobody had to."""
    rows = execute(
        """
        UPDATE payments_chargeback SET looked_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND looked_at IS NULL
          AND (state = 'lost' OR problem <> '')
        RETURNING id
        """,
        {"business_id": business_id, "id": chargeback_id, "at": at},
    )
    return bool(rows)


def _lock_open(business_id: BusinessId, chargeback_id: UUID) -> None:
    rows = execute(
        """
        SELECT d.state, d.evidence_sent_at FROM payments_chargeback d
        WHERE d.business_id = %(business_id)s::uuid AND d.id = %(id)s::uuid FOR UPDATE
        """,
        {"business_id": business_id, "id": chargeback_id},
    )
    if not rows:
        raise NotFound
    state, sent_at = rows[0]
    if state != ChargebackState.OPEN.value or sent_at is not None:
        raise AnsweredAlready
