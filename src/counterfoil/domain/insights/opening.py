"""The proof of what is sealed: where the trail and its seals know a text by its mark alone, the
text itself is there, opens in its place, and is the one that the mark is of."""

import json
from collections.abc import Iterator
from uuid import UUID

from counterfoil.domain.audit.rows import sides_of
from counterfoil.domain.insights.catalogue import APPEND_ONLY, NEVER_EDITED, WATCHED
from counterfoil.domain.insights.rows import Violation
from counterfoil.infra.db import execute
from counterfoil.infra.secrets.box import mark_of_sealed
from counterfoil.infra.secrets.fields import sealed_texts, unopened_in
from counterfoil.kernel.ids import BusinessId

AT_ONCE = 1_000
_WORDS = "can't be opened: it was changed or moved, or its key is gone"


def unopened(business_id: BusinessId) -> Iterator[Violation]:
    """Sealed texts of rows and of the trail that are not what their marks say, inside `reading`."""
    for table in (*WATCHED, *NEVER_EDITED, *APPEND_ONLY):
        if sealed_texts(table):
            yield from _rows(business_id, table)
    yield from _changes(business_id)


def _rows(business_id: BusinessId, table: str) -> Iterator[Violation]:
    names = sealed_texts(table)
    columns = ", ".join(f't."{name}"' for name in names)
    after: UUID | None = None
    while rows := execute(
        f"""
        SELECT t.id, {columns} FROM "{table}" t
        WHERE t.business_id = %(business_id)s::uuid
          AND (%(after)s::uuid IS NULL OR t.id > %(after)s::uuid)
        ORDER BY t.id LIMIT {AT_ONCE}
        """,  # noqa: S608  names of our own models
        {"business_id": business_id, "after": after},
    ):
        for row_id, *texts in rows:
            row = dict(zip(names, texts, strict=True))
            told = {name: text and (mark_of_sealed(text) or "none") for name, text in row.items()}
            for name in unopened_in(table, row_id, row, told):
                yield Violation(f"{table} {row_id}", f"{name} {_WORDS}")
        after = rows[-1][0]


def _changes(business_id: BusinessId) -> Iterator[Violation]:
    tables = [table for table in WATCHED if sealed_texts(table)]
    after: UUID | None = None
    while rows := execute(
        f"""
        SELECT r.id, r.source, r.object_id, r.at, v.before::text, v.after::text,
          coalesce(v.boxes, '{{}}')::text
        FROM audit_record r
        JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id
        WHERE r.business_id = %(business_id)s::uuid AND r.source = ANY(%(tables)s::text[])
          AND (%(after)s::uuid IS NULL OR r.id > %(after)s::uuid)
        ORDER BY r.id LIMIT {AT_ONCE}
        """,  # noqa: S608  our own constant
        {"business_id": business_id, "tables": tables, "after": after},
    ):
        for _id, source, of, at, *told in rows:
            *values, boxes = map(json.loads, told)
            sides = zip(sides_of(boxes), values, strict=True)
            if any(unopened_in(source, of, side, value) for side, value in sides):
                yield Violation(f"change of {source}, {at:%Y-%m-%d %H:%M}", f"its text {_WORDS}")
        after = rows[-1][0]
