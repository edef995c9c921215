"""The one way a stored state changes: checked against its table, with its history row and what is
told of it, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from counterfoil.infra import outbox
from counterfoil.infra.db import execute
from counterfoil.infra.outbox import Happened
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId, new_id
from counterfoil.kernel.states import Machine


@dataclass(frozen=True, slots=True)
class Move:
    """One object's step, and the columns that change with it."""

    object_id: UUID
    source: StrEnum
    target: StrEnum
    reason: str = ""
    columns: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A state machine, and the table whose rows are in its states."""

    machine: Machine[Any]
    table: str


_HISTORY = """
INSERT INTO infra_transition
  (business_id, id, machine, object_id, seq, from_state, to_state, at, actor, reason)
SELECT %(business_id)s::uuid, m.row_id, %(machine)s::text, m.id,
  1 + coalesce((SELECT max(t.seq) FROM infra_transition t
                WHERE t.business_id = %(business_id)s::uuid AND t.machine = %(machine)s::text
                  AND t.object_id = m.id), 0),
  m.source, m.target, %(at)s::timestamptz, %(actor)s::text, m.reason
FROM moved m
RETURNING object_id
"""


def move_many(
    business_id: BusinessId,
    stored: Stored,
    moves: Sequence[Move],
    *,
    at: datetime,
    by: Actor,
    telling: Sequence[Happened] = (),
) -> None:
    """Moves locked rows, writes their history and stores the events that tell of it, in one
    statement; what follows from the events is for the caller to defer (`outbox.follow`).

    Refuses a move that the machine lacks (`IllegalMove`); `Conflict` if a row is no longer in
    the state it was read in. All moves of a call change the same columns.
    """
    if not moves:
        return
    for move in moves:
        stored.machine.check(move.source, move.target)
    names = sorted(moves[0].columns or {})
    params = {"business_id": business_id, "at": at, **_steps(stored, moves, by)}
    params |= {name: [(move.columns or {})[name] for move in moves] for name in names}
    if telling:
        params |= outbox.stored(telling)
    sql = _statement(stored.table, tuple(names), telling=bool(telling))
    if len(execute(sql, params)) != len(moves):
        raise Conflict


def remove_many(
    business_id: BusinessId, stored: Stored, moves: Sequence[Move], *, at: datetime, by: Actor
) -> None:
    """Deletes locked rows and writes the last step of their histories, which stay; refuses what
    `move_many` refuses."""
    if not moves:
        return
    for move in moves:
        stored.machine.check(move.source, move.target)
    params = {"business_id": business_id, "at": at, **_steps(stored, moves, by)}
    if len(execute(_removal(stored.table), params)) != len(moves):
        raise Conflict


def _steps(stored: Stored, moves: Sequence[Move], by: Actor) -> dict[str, Any]:
    return {
        "machine": stored.machine.name,
        "ids": [move.object_id for move in moves],
        "row_ids": [new_id() for _ in moves],
        "sources": [move.source.value for move in moves],
        "targets": [move.target.value for move in moves],
        "reasons": [move.reason[:300] for move in moves],
        "actor": by.label[:120],
    }


@cache
def _removal(table: str) -> str:
    return f"""
    WITH m AS (
      SELECT * FROM unnest(%(ids)s::uuid[], %(row_ids)s::uuid[], %(sources)s::text[],
        %(targets)s::text[], %(reasons)s::text[]) AS m(id, row_id, source, target, reason)
    ), moved AS (
      DELETE FROM "{table}" t USING m
      WHERE t.business_id = %(business_id)s::uuid AND t.id = m.id AND t.state = m.source
      RETURNING m.id, m.row_id, m.source, m.target, m.reason
    ) {_HISTORY}"""  # noqa: S608  identifiers are our own constants


@cache
def _statement(table: str, names: tuple[str, ...], *, telling: bool) -> str:
    sets = "".join(f', "{name}" = m."{name}"' for name in names)
    arrays = "".join(f", %({name})s::{_ARRAY_TYPES[name]}[]" for name in names)
    labels = "".join(f', "{name}"' for name in names)
    told = f", told AS ({outbox.STORE})" if telling else ""
    return f"""
    WITH m AS (
      SELECT * FROM unnest(%(ids)s::uuid[], %(row_ids)s::uuid[], %(sources)s::text[],
        %(targets)s::text[], %(reasons)s::text[]{arrays})
        AS m(id, row_id, source, target, reason{labels})
    ), moved AS (
      UPDATE "{table}" t SET state = m.target{sets} FROM m
      WHERE t.business_id = %(business_id)s::uuid AND t.id = m.id AND t.state = m.source
      RETURNING m.id, m.row_id, m.source, m.target, m.reason
    ){told} {_HISTORY}"""  # noqa: S608  identifiers are our own constants


_ARRAY_TYPES = {
    "amount_minor": "bigint",
    "gateway_ref": "text",
    "submitted_at": "timestamptz",
    "finished_at": "timestamptz",
    "looked_at": "timestamptz",
    "failure_code": "text",
    "failure_detail": "text",
    "claim_url": "text",
    "instrument_kind": "text",
    "instrument_brand": "text",
    "instrument_last4": "text",
    "instrument_mark": "text",
    "step_url": "text",
    "step_kind": "text",
    "arrived_minor": "bigint",
    "settles_date": "date",
    "expected_date": "date",
    "bank_code": "text",
    "ended_at": "timestamptz",
    "end_reason": "text",
    "holder": "text",
    "country": "text",
    "last4": "text",
    "source_ref": "text",
    "decided_at": "timestamptz",
    "evidence_sent_at": "timestamptz",
    "number": "text",
    "series_id": "uuid",
    "issued_at": "timestamptz",
    "issue_date": "date",
    "due_date": "date",
    "voided_at": "timestamptz",
    "checks": "integer",
    "next_check_at": "timestamptz",
    "tries": "integer",
    "problem": "text",
    "sent_at": "timestamptz",
    "attempt_id": "uuid",
    "payout_id": "uuid",
    "refund_id": "uuid",
    "refund_was": "text",
    "unsent_times": "smallint",
    "note": "text",
    "claimed_at": "timestamptz",
    "charged_at": "timestamptz",
}


def begin_many(
    business_id: BusinessId,
    machine: Machine[Any],
    object_ids: Sequence[UUID],
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
) -> None:
    """Writes the first history rows of new objects, which stand in the machine's `begins_in`:
    nothing > its initial state > that one, where it is another."""
    states = [machine.initial]
    if machine.begins_in != machine.initial:
        machine.check(machine.initial, machine.begins_in)
        states.append(machine.begins_in)
    ids = list(object_ids) * len(states)
    execute(
        """
        INSERT INTO infra_transition
          (business_id, id, machine, object_id, seq, from_state, to_state, at, actor, reason)
        SELECT %(business_id)s::uuid, n.row_id, %(machine)s::text, n.id, s.seq, s.source, s.target,
          %(at)s::timestamptz, %(actor)s::text, s.reason
        FROM unnest(%(ids)s::uuid[], %(row_ids)s::uuid[], %(seqs)s::int[]) AS n(id, row_id, seq)
        JOIN unnest(%(sources)s::text[], %(targets)s::text[], %(reasons)s::text[])
          WITH ORDINALITY AS s(source, target, reason, seq) ON s.seq = n.seq
        """,
        {
            "business_id": business_id,
            "machine": machine.name,
            "ids": ids,
            "row_ids": [new_id() for _ in ids],
            "seqs": [1] * len(object_ids) + [2] * (len(ids) - len(object_ids)),
            "sources": ["", *(state.value for state in states[:-1])],
            "targets": [state.value for state in states],
            "reasons": [reason[:300], *[""] * (len(states) - 1)],
            "at": at,
            "actor": by.label[:120],
        },
    )


def note(
    business_id: BusinessId, machine: Machine[Any], move: Move, *, at: datetime, by: Actor
) -> None:
    """Writes the history row of one object whose state is kept by its own table; the caller holds
    its lock. Refuses a move that the machine lacks."""
    machine.check(move.source, move.target)
    execute(
        """
        INSERT INTO infra_transition
          (business_id, id, machine, object_id, seq, from_state, to_state, at, actor, reason)
        SELECT %(business_id)s::uuid, %(id)s::uuid, %(machine)s::text, %(object_id)s::uuid,
          1 + coalesce(max(t.seq), 0), %(source)s::text, %(target)s::text, %(at)s::timestamptz,
          %(actor)s::text, %(reason)s::text
        FROM infra_transition t
        WHERE t.business_id = %(business_id)s::uuid AND t.machine = %(machine)s::text
          AND t.object_id = %(object_id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": new_id(),
            "machine": machine.name,
            "object_id": move.object_id,
            "source": move.source.value,
            "target": move.target.value,
            "at": at,
            "actor": by.label[:120],
            "reason": move.reason[:300],
        },
    )
