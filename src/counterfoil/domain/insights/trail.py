"""The proof of the sealed trail: nothing that was sealed is edited, gone, moved or made up."""

from collections.abc import Iterator, Mapping
from itertools import islice
from uuid import UUID

from counterfoil.domain.audit import queries
from counterfoil.domain.audit.columns import Columns, columns_now
from counterfoil.domain.audit.rows import SealRow, Source, head_of
from counterfoil.domain.insights.catalogue import APPEND_ONLY
from counterfoil.domain.insights.rows import Violation
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.merkle import root

_ISSUED = """EXISTS (SELECT FROM billing_invoice i WHERE i.business_id = t.business_id
  AND i.id = t.invoice_id AND i.state <> 'draft')"""
_RESEALED = {"billing_creditnote": ("party",)}  # its mark is sealed in its place
_OWN = ("audit_shape", "audit_seal", "audit_leaf")

SOURCES = (
    *(Source(table, free=_RESEALED.get(table, ())) for table in APPEND_ONLY if table not in _OWN),
    Source("billing_invoice", "t.state <> 'draft'", free=("state", "voided_at", "party")),
    Source("billing_invoiceline", _ISSUED),
    Source("billing_invoicetax", _ISSUED),
)
"""What is sealed: every row that may never change, from the moment from which it may not."""


def bent(business_id: BusinessId, *, kept: Mapping[int, str], limit: int) -> list[Violation]:
    """What contradicts the trail, inside `reading`: seals that do not follow from one another,
    leaves that are not below their seal, rows that are not what their leaf says, and heads other
    than those that were `kept` outside the database, by number, before the reading began."""
    return list(islice(_contradictions(business_id, kept, limit), limit))


def _contradictions(
    business_id: BusinessId, kept: Mapping[int, str], limit: int
) -> Iterator[Violation]:
    previous, expected = b"", 1
    shapes: dict[UUID, Columns] = {}
    heads: dict[int, str] = {}
    for seal in queries.seals(business_id):
        if seal.number != expected:
            yield Violation(f"seal {expected}", f"is missing; the next one there is {seal.number}")
        if seal.head != _head(business_id, seal, previous):
            yield Violation(f"seal {seal.number}", "does not follow from the one before it")
        if not _covers(business_id, seal):
            yield Violation(f"seal {seal.number}", "is not over the leaves that are below it")
        shapes[seal.shape_id] = seal.columns
        heads[seal.number] = bytes(seal.head).hex()
        previous, expected = seal.head, seal.number + 1
    for number, head in sorted(kept.items()):
        if heads.get(number) != head:
            there = "is another" if number in heads else "is not there"
            yield Violation(f"seal {number}", f"kept outside as {head[:16]}…, {there}")
    for record in queries.BENT_VALUES.rows(business_id=business_id, limit=limit):
        when = f"{record.at:%Y-%m-%d %H:%M}"
        yield Violation(f"change of {record.source}, {when}", "its values were edited or removed")
    for shape_id, columns in shapes.items():
        yield from _rows(business_id, shape_id, columns, limit)


def _head(business_id: BusinessId, seal: SealRow, previous: bytes) -> bytes:
    return head_of(
        business_id,
        number=seal.number,
        previous=previous,
        columns=seal.columns,
        count=seal.count,
        root=seal.root,
        sealed_at=seal.sealed_at,
    )


def _covers(business_id: BusinessId, seal: SealRow) -> bool:
    found = queries.leaves(business_id, seal.id)
    places = [leaf.position for leaf in found]
    return places == list(range(seal.count)) and root([leaf.hash for leaf in found]) == seal.root


def _rows(
    business_id: BusinessId, shape_id: UUID, columns: Columns, limit: int
) -> Iterator[Violation]:
    now = columns_now(columns)
    for table, read in columns.items():
        if table not in now:
            yield Violation(table, "was sealed, and there is no such table")
            continue
        unread = [name for name in now[table] if name not in read]
        for row_id, is_there in queries.bent_rows(
            business_id, table, shape_id, unread, limit=limit
        ):
            yield Violation(f"{table} {row_id}", "was edited" if is_there else "was removed")
