"""Reads of the trail."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from counterfoil.domain.audit.columns import CONTENT, HASH, columns_now
from counterfoil.domain.audit.inclusion import Inclusion
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.audit.openings import openings
from counterfoil.domain.audit.rows import (
    BentRecord,
    LeafRow,
    LookRow,
    NoteRow,
    PlacedLeaf,
    RecordRow,
    SealRow,
    Trail,
)
from counterfoil.infra.db import execute
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.merkle import audit_path

LAST_SEAL = Statement(__package__, "last_seal", SealRow)
SEALS = Statement(__package__, "seals", SealRow)
LEAVES = Statement(__package__, "leaves", LeafRow)
RECORDS = Statement(__package__, "records", RecordRow, OBJECTS="(SELECT) o", WHICH="")
RECORDS_OF = Statement(
    __package__,
    "records",
    RecordRow,
    OBJECTS="(SELECT DISTINCT unnest(%(objects)s::uuid[]) AS id) o",
    WHICH="AND object_id = o.id",
)
LEAF_OF = Statement(__package__, "leaf_of", PlacedLeaf)
NOTES = Statement(__package__, "notes", NoteRow)
NOTES_OF = Statement(__package__, "notes_of", NoteRow)
LAST_LOOK = Statement(__package__, "last_look", LookRow)  # read along with a customer's first page
BENT_VALUES = Statement(__package__, "bent_values", BentRecord)
PAGE = 500


def records(
    business_id: BusinessId,
    *,
    objects: Sequence[UUID] = (),
    before: UUID | None = None,
    limit: int = 50,
) -> list[RecordRow]:
    """What was changed, the newest first: of these objects, or of all; older than `before`."""
    if not objects:
        rows = RECORDS.rows(business_id=business_id, before_id=before, limit=limit)
    else:
        rows = RECORDS_OF.rows(
            business_id=business_id, objects=list(objects), before_id=before, limit=limit
        )
    return [row.opened for row in rows]


def notes(  # noqa: PLR0913  each narrows what is found
    business_id: BusinessId,
    *,
    subjects: Sequence[str] = (),
    actors: Sequence[str] = (),
    customer_id: UUID | None = None,
    kinds: Sequence[str] = (),
    before: UUID | None = None,
    limit: int = 50,
) -> list[NoteRow]:
    """What was noted, the newest first: about these subjects, by these people or around this
    customer, or all of it; of these kinds; older than `before`."""
    of_kinds = [str(one) for one in kinds]
    if not (subjects or actors or customer_id):
        return NOTES.rows(business_id=business_id, kinds=of_kinds, before_id=before, limit=limit)
    return NOTES_OF.rows(
        business_id=business_id,
        subjects=list(subjects),
        actors=list(actors),
        customer_id=customer_id,
        kinds=of_kinds,
        before_id=before,
        limit=limit,
    )


def last_seal(business_id: BusinessId) -> SealRow | None:
    """The newest seal, if anything was sealed."""
    return LAST_SEAL.first(business_id=business_id)


def seals(business_id: BusinessId, *, first: int = 0) -> Iterator[SealRow]:
    """Every seal from a number on, in their order; numbers that are missing are passed over."""
    while page := SEALS.rows(business_id=business_id, first=first, limit=PAGE):
        yield from page
        first = page[-1].number + 1


def has_news(business_id: BusinessId, *, after: int) -> bool:
    """Whether the seals after this number are over anything else than notes that seals were
    mailed, which every mail leaves behind."""
    rows = execute(
        """
        SELECT 1 FROM audit_seal s
        JOIN audit_leaf l ON l.business_id = s.business_id AND l.seal_id = s.id
        LEFT JOIN audit_note n ON n.business_id = l.business_id AND n.id = l.id
        WHERE s.business_id = %(business_id)s::uuid AND s.number > %(after)s::int
          AND n.kind IS DISTINCT FROM %(sent)s::text LIMIT 1
        """,
        {"business_id": business_id, "after": after, "sent": str(NoteKind.SEALS_SENT)},
    )
    return bool(rows)


def leaves(business_id: BusinessId, seal_id: UUID) -> list[LeafRow]:
    """The leaves of one seal, in their order."""
    return LEAVES.rows(business_id=business_id, seal_id=seal_id)


def inclusion(business_id: BusinessId, row_id: UUID) -> Inclusion:
    """The proof that this row stands below its seal; `NotFound` for one that no seal covers (yet).
    What was bent meanwhile gives a proof that does not hold."""
    placed = LEAF_OF.first(business_id=business_id, row_id=row_id)
    if placed is None:
        raise NotFound
    columns = columns_now([placed.source])
    read = placed.seal.columns[placed.source]
    content = execute(
        f"""
        SELECT {CONTENT} FROM "{placed.source}" t
        WHERE t.business_id = %(business_id)s::uuid AND t.id = %(id)s::uuid
        """,  # noqa: S608  a table that was sealed is one of our own constants
        {
            "business_id": business_id,
            "id": row_id,
            "source": placed.source,
            "unread": [name for name in columns[placed.source] if name not in read],
        },
    )
    values = execute(
        """
        SELECT v.salt::text, v.called, v.before::text, v.after::text FROM audit_recordvalues v
        WHERE v.business_id = %(business_id)s::uuid AND v.id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": row_id},
    )
    hashes = [bytes(one.hash) for one in leaves(business_id, placed.seal.id)]
    return Inclusion(
        business_id,
        row_id,
        content[0][0] if content else f"{placed.source}\n{{}}",
        tuple(values[0]) if values else (),
        placed.position,
        tuple(audit_path(hashes, placed.position)),
        placed.seal,
        bytes(placed.previous),
        openings(business_id, placed.source, row_id),
    )


def trail(business_id: BusinessId) -> Trail:
    """How far the trail goes."""
    [(count, below)] = execute(
        """
        SELECT count(*), coalesce(sum(s.count), 0) FROM audit_seal s
        WHERE s.business_id = %(business_id)s::uuid
        """,
        {"business_id": business_id},
    )
    return Trail(count, int(below), last_seal(business_id))


def bent_rows(
    business_id: BusinessId, table: str, shape_id: UUID, unread: Sequence[str], *, limit: int
) -> list[tuple[UUID, bool]]:
    """Rows of a table that are not what was sealed of them in this shape, and whether each is
    still there. The table is one that the catalogue knows."""
    return [
        (row_id, is_there)
        for row_id, is_there in execute(
            f"""
            SELECT l.id, t.id IS NOT NULL FROM audit_leaf l
            JOIN audit_seal s ON s.business_id = l.business_id AND s.id = l.seal_id
            LEFT JOIN "{table}" t ON t.business_id = l.business_id AND t.id = l.id
            WHERE l.business_id = %(business_id)s::uuid AND s.shape_id = %(shape_id)s::uuid
              AND l.source = %(source)s::text AND (t.id IS NULL OR l.hash <> {HASH})
            ORDER BY l.id LIMIT %(limit)s::int
            """,  # noqa: S608  the caller took the name from the catalogue
            {
                "business_id": business_id,
                "shape_id": shape_id,
                "source": table,
                "unread": list(unread),
                "limit": limit,
            },
        )
    ]
