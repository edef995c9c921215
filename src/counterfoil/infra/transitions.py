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
from counterfoil.infra.db import execute, execute_later
from counterfoil.infra.outbox import Happened
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId, fresh_ids, new_id
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


# The numbers so far are read once for all rows, and laid beside them by sorting: whatever a planner
# thinks of a table that was small until now, no row reads all of the others.
_HISTORY = """
, written AS (
  INSERT INTO infra_transition
    (business_id, id, machine, object_id, seq, from_state, to_state, at, actor, reason)
  SELECT %(business_id)s::uuid, r.row_id, %(machine)s::text, r.id, 1 + coalesce(r.last, 0),
    r.source, r.target, %(at)s::timestamptz, %(actor)s::text, r.reason
  FROM (
    SELECT s.*, max(s.seq) OVER (PARTITION BY s.id) AS last FROM (
      SELECT m.id, m.row_id, m.source, m.target, m.reason, NULL::int AS seq FROM moved m
      UNION ALL
      SELECT t.object_id, NULL, NULL, NULL, NULL, t.seq FROM infra_transition t
      WHERE t.business_id = %(business_id)s::uuid AND t.machine = %(machine)s::text
        AND t.object_id = ANY(%(ids)s::uuid[])
    ) s
  ) r
  WHERE r.row_id IS NOT NULL
  RETURNING 1
)
SELECT count(*) FROM written
"""
LARGE = 100
"""From so many rows on, what all of them agree on is sent once, in a statement of its own."""


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
    names = tuple(sorted(moves[0].columns or {}))
    columns = _steps(moves)
    columns |= {name: [(move.columns or {})[name] for move in moves] for name in names}
    same = _agreed(columns) if len(moves) > LARGE else {}
    params = {**columns, **same, **_facts(business_id, stored, moves, at=at, by=by)}
    if telling:
        params |= outbox.stored(telling)
    sql = _statement(stored.table, names, frozenset(same), telling=bool(telling))

    def all_moved(rows: Sequence[tuple[Any, ...]]) -> None:
        if rows != [(len(moves),)]:
            raise Conflict

    execute_later(sql, params, all_moved)


def remove_many(
    business_id: BusinessId, stored: Stored, moves: Sequence[Move], *, at: datetime, by: Actor
) -> None:
    """Deletes locked rows and writes the last step of their histories, which stay; refuses what
    `move_many` refuses."""
    if not moves:
        return
    for move in moves:
        stored.machine.check(move.source, move.target)
    params = {**_steps(moves), **_facts(business_id, stored, moves, at=at, by=by)}
    [(removed,)] = execute(_removal(stored.table), params)
    if removed != len(moves):
        raise Conflict


def _facts(
    business_id: BusinessId, stored: Stored, moves: Sequence[Move], *, at: datetime, by: Actor
) -> dict[str, Any]:
    return {
        "business_id": business_id,
        "machine": stored.machine.name,
        "ids": [move.object_id for move in moves],
        "row_ids": fresh_ids(len(moves)),
        "at": at,
        "actor": by.label[:120],
    }


def _steps(moves: Sequence[Move]) -> dict[str, list[Any]]:
    return {
        "source": [move.source.value for move in moves],
        "target": [move.target.value for move in moves],
        "reason": [move.reason[:300] for move in moves],
    }


def _agreed(columns: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The columns in which all rows are the same, with what they are."""
    return {
        name: values[0]
        for name, values in columns.items()
        if values.count(values[0]) == len(values)
    }


def _rows_of(names: Sequence[str], same: frozenset[str]) -> str:
    """The rows that move: the columns in which they differ come as arrays, the others once."""
    differ = [name for name in names if name not in same]
    arrays = "".join(f", %({name})s::{_TYPES[name]}[]" for name in differ)
    labels = "".join(f', "{name}"' for name in differ)
    once = "".join(f', %({name})s::{_TYPES[name]} AS "{name}"' for name in names if name in same)
    return f"""
      SELECT v.*{once} FROM unnest(%(ids)s::uuid[], %(row_ids)s::uuid[]{arrays})
        AS v(id, row_id{labels})"""  # noqa: S608  identifiers are our own constants


@cache
def _removal(table: str) -> str:
    return f"""
    WITH m AS ({_rows_of(_STEP, frozenset())}
    ), moved AS (
      DELETE FROM "{table}" t USING m
      WHERE t.business_id = %(business_id)s::uuid AND t.id = m.id AND t.state = m.source
      RETURNING m.id, m.row_id, m.source, m.target, m.reason
    ) {_HISTORY}"""  # noqa: S608  identifiers are our own constants


@cache
def _statement(table: str, names: tuple[str, ...], same: frozenset[str], *, telling: bool) -> str:
    sets = "".join(f', "{name}" = m."{name}"' for name in names)
    told = f", told AS ({outbox.STORE})" if telling else ""
    return f"""
    WITH m AS ({_rows_of((*_STEP, *names), same)}
    ), moved AS (
      UPDATE "{table}" t SET state = m.target{sets} FROM m
      WHERE t.business_id = %(business_id)s::uuid AND t.id = m.id AND t.state = m.source
      RETURNING m.id, m.row_id, m.source, m.target, m.reason
    ){told} {_HISTORY}"""  # noqa: S608  identifiers are our own constants


_STEP = ("source", "target", "reason")
_TYPES = {
    **dict.fromkeys(_STEP, "text"),
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
    "party": "text",
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


FIRST_STEPS = """
  INSERT INTO infra_transition
    (business_id, id, machine, object_id, seq, from_state, to_state, at, actor, reason)
  SELECT %(business_id)s::uuid, n.row_id, %(machine)s::text, n.id, s.seq, s.source, s.target,
    %(at)s::timestamptz, %(actor)s::text, s.reason
  FROM unnest(%(begun)s::uuid[], %(row_ids)s::uuid[], %(seqs)s::int[]) AS n(id, row_id, seq)
  JOIN unnest(%(sources)s::text[], %(targets)s::text[], %(reasons)s::text[])
    WITH ORDINALITY AS s(source, target, reason, seq) ON s.seq = n.seq"""
"""Writes the first history rows of new objects: a statement, or a part of one that makes them."""


def first_steps(
    machine: Machine[Any],
    object_ids: Sequence[UUID],
    *,
    by: Actor,
    reason: str = "",
    ending_in: StrEnum | None = None,
    because: str = "",
) -> dict[str, Any]:
    """The parameters of `FIRST_STEPS`: nothing > the machine's initial state > its `begins_in`,
    where it is another; then `ending_in`, the state in which objects are written whose end is known
    already, `because` of this. Refuses a move that the machine lacks (`IllegalMove`)."""
    states = [machine.initial]
    for state in (machine.begins_in, ending_in):
        if state is not None and state != states[-1]:
            machine.check(states[-1], state)
            states.append(state)
    reasons = [reason[:300], *[""] * (len(states) - 1)]
    if ending_in is not None:
        reasons[-1] = because[:300]
    return {
        "machine": machine.name,
        "begun": list(object_ids) * len(states),
        "row_ids": fresh_ids(len(object_ids) * len(states)),
        "seqs": [seq for seq in range(1, len(states) + 1) for _ in object_ids],
        "sources": ["", *(state.value for state in states[:-1])],
        "targets": [state.value for state in states],
        "reasons": reasons,
        "actor": by.label[:120],
    }


def begin_many(  # noqa: PLR0913  the facts of a step
    business_id: BusinessId,
    machine: Machine[Any],
    object_ids: Sequence[UUID],
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
    ending_in: StrEnum | None = None,
    because: str = "",
) -> None:
    """Writes the first history rows of new objects, which stand in the machine's `begins_in`, or in
    `ending_in` (`first_steps`)."""
    if object_ids:
        steps = first_steps(
            machine, object_ids, by=by, reason=reason, ending_in=ending_in, because=because
        )
        params = {"business_id": business_id, "at": at, **steps}
        execute_later(FIRST_STEPS, params, lambda _: None)


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
