"""The only writer of the trail."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from counterfoil.domain.audit import queries
from counterfoil.domain.audit.columns import HASH, Columns, columns_now, sealed_columns
from counterfoil.domain.audit.kinds import NoteKind, period
from counterfoil.domain.audit.rows import SealRow, Source, head_of
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.postgres import acting
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId, new_id
from counterfoil.kernel.merkle import root

BATCH = 10_000
_NOTE = r"""
WITH noted AS (
  INSERT INTO audit_note (business_id, id, at, actor, origin, kind, subject, customer_id, once,
    digest)
  VALUES (%(business_id)s::uuid, %(id)s::uuid, %(at)s::timestamptz, %(actor)s::text,
    %(origin)s::text, %(kind)s::text, %(subject)s::text, %(customer_id)s::uuid, %(once)s::text,
    CASE WHEN %(salt)s::uuid IS NOT NULL THEN sha256(convert_to(
      concat_ws(E'\n', %(salt)s::uuid, '', '{}'::jsonb, %(facts)s::jsonb), 'UTF8')) END)
  ON CONFLICT DO NOTHING RETURNING digest
)
INSERT INTO audit_recordvalues (business_id, id, salt, called, before, after)
SELECT %(business_id)s::uuid, %(id)s::uuid, %(salt)s::uuid, '', '{}', %(facts)s::jsonb
FROM noted WHERE digest IS NOT NULL
"""


@held_by("audit_seal_number", "audit_leaf_pkey")
class SealedMeanwhile(Conflict):
    """Somebody else sealed the same rows at this moment."""

    code = "sealed_meanwhile"
    message = "These rows were sealed by somebody else just now."


@operation
def note(
    business_id: BusinessId,
    kind: NoteKind,
    *,
    subject: str,
    customer_id: UUID | None = None,
    facts: Mapping[str, str] | None = None,
    at: datetime,
) -> None:
    """Notes what changed no row that is watched: who and from where is what `act_as` said.

    `subject` names the row or page: `user:018f…`, `contact:…`, `invoice:…`, `customers`. What may
    be repeated without end is noted once a person, subject and time (see `kinds.period`). Names
    and addresses belong in `facts` only, which can be erased.
    """
    actor, origin = acting.who()
    execute(
        _NOTE,
        {
            "business_id": business_id,
            "id": new_id(),
            "at": at,
            "actor": actor,
            "origin": origin,
            "kind": NoteKind(kind),
            "subject": subject[:120],
            "customer_id": customer_id,
            "once": period(NoteKind(kind), at),
            "salt": uuid4() if facts else None,
            "facts": json.dumps(dict(facts or {})),
        },
    )


@operation
def erase_values(business_id: BusinessId, records: Sequence[UUID], *, why: str) -> int:
    """Takes away the values of these records and notes; how many had any. That each is gone, when,
    by whom and why stays in the trail, and so do all seals."""
    [(gone,)] = execute(
        "SELECT audit_erase_values(%(business_id)s::uuid, %(ids)s::uuid[], %(why)s::text)",
        {"business_id": business_id, "ids": list(records), "why": why[:60]},
    )
    return int(gone)


@operation
def seal(
    business_id: BusinessId,
    sources: Sequence[Source],
    *,
    at: datetime,
    most: int = BATCH,
) -> SealRow | None:
    """Seals what no seal covers yet, at most so many rows, table by table; None where nothing
    waits.

    Refuses `SealedMeanwhile` if two seal at once.
    """
    now = columns_now(one.table for one in sources)
    columns = sealed_columns(sources, now)
    found: list[tuple[str, UUID, str]] = []
    for source in sources:
        if len(found) < most:
            unread = [name for name in now[source.table] if name not in columns[source.table]]
            found += _waiting(business_id, source, unread, most - len(found))
    if not found:
        return None
    last = queries.last_seal(business_id)
    made = _made(business_id, last, columns, [leaf for _, _, leaf in found], at=at)
    _write(business_id, made, is_new_shape=last is None or last.shape_id != made.shape_id)
    execute(
        """
        INSERT INTO audit_leaf (business_id, id, seal_id, position, source, hash)
        SELECT %(business_id)s::uuid, l.id, %(seal_id)s::uuid, l.place - 1, l.source,
          decode(l.hash, 'hex')
        FROM unnest(%(ids)s::uuid[], %(sources)s::text[], %(hashes)s::text[])
          WITH ORDINALITY AS l(id, source, hash, place)
        """,
        {
            "business_id": business_id,
            "seal_id": made.id,
            "ids": [row_id for _, row_id, _ in found],
            "sources": [source for source, _, _ in found],
            "hashes": [leaf for _, _, leaf in found],
        },
    )
    return made


def _waiting(
    business_id: BusinessId, source: Source, unread: list[str], most: int
) -> list[tuple[str, UUID, str]]:
    """Rows of one source without a leaf: the table, the id, and the hash in hex."""
    rows = execute(
        f"""
        SELECT t.id, encode({HASH}, 'hex') FROM "{source.table}" t
        WHERE t.business_id = %(business_id)s::uuid AND ({source.where})
          AND NOT EXISTS (SELECT FROM audit_leaf l
                          WHERE l.business_id = t.business_id AND l.id = t.id)
        ORDER BY t.id LIMIT %(most)s::int
        """,  # noqa: S608  tables and conditions are our own constants
        {
            "business_id": business_id,
            "source": source.table,
            "unread": unread,
            "most": most,
        },
    )
    return [(source.table, row_id, leaf) for row_id, leaf in rows]


def _made(
    business_id: BusinessId,
    last: SealRow | None,
    columns: Columns,
    leaves: Sequence[str],
    *,
    at: datetime,
) -> SealRow:
    """The seal that follows the last one."""
    same = last is not None and last.columns == columns
    number, top = (last.number + 1 if last else 1), root([bytes.fromhex(one) for one in leaves])
    head = head_of(
        business_id,
        number=number,
        previous=last.head if last else b"",
        columns=columns,
        count=len(leaves),
        root=top,
        sealed_at=at,
    )
    return SealRow(
        id=new_id(),
        number=number,
        shape_id=last.shape_id if last and same else new_id(),
        columns=dict(columns),
        count=len(leaves),
        root=top,
        head=head,
        sealed_at=at,
    )


def _write(business_id: BusinessId, made: SealRow, *, is_new_shape: bool) -> None:
    if is_new_shape:
        execute(
            """
            INSERT INTO audit_shape (business_id, id, columns, made_at)
            VALUES (%(business_id)s::uuid, %(id)s::uuid, %(columns)s::jsonb, %(at)s::timestamptz)
            """,
            {
                "business_id": business_id,
                "id": made.shape_id,
                "columns": json.dumps(made.columns),
                "at": made.sealed_at,
            },
        )
    execute(
        """
        INSERT INTO audit_seal (business_id, id, number, shape_id, count, root, head, sealed_at)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(number)s::int, %(shape_id)s::uuid,
          %(count)s::int, %(root)s::bytea, %(head)s::bytea, %(at)s::timestamptz)
        """,
        {
            "business_id": business_id,
            "id": made.id,
            "number": made.number,
            "shape_id": made.shape_id,
            "count": made.count,
            "root": made.root,
            "head": made.head,
            "at": made.sealed_at,
        },
    )
