"""The sealed texts in the trail of changes: by which keys, and sealed anew with the newest.

They stand beside the values of a change, in `boxes`, bound to the place of the row that the change
is of. The trail and its seals are over their marks, so that a rotation is no change.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from counterfoil.infra.db import execute
from counterfoil.infra.secrets.box import VERSION, SealBroken, newest, place_of, resealed
from counterfoil.kernel.ids import BusinessId

TOLD = "audit_recordvalues.boxes"
Boxes = Mapping[str, Mapping[str, str]]


def heads(business_id: BusinessId) -> list[tuple[str, int]]:
    """What stands before the second full stop of each, and how often."""
    rows = execute(
        """
        SELECT substring(box.value FROM '^[^.]*[.][^.]*'), count(*) FROM audit_recordvalues v
        CROSS JOIN jsonb_each(v.boxes) side CROSS JOIN jsonb_each_text(side.value) box
        WHERE v.business_id = %(business_id)s::uuid GROUP BY 1
        """,
        {"business_id": business_id},
    )
    return [(str(head), int(count)) for head, count in rows]


def waiting(
    business_id: BusinessId, after: UUID | None, *, most: int
) -> list[tuple[UUID, str, UUID, Boxes]]:
    """The next changes with texts that another key seals: their ids, and of what they are."""
    rows = execute(
        """
        SELECT v.id, r.source, r.object_id, v.boxes::text FROM audit_recordvalues v
        JOIN audit_record r ON r.business_id = v.business_id AND r.id = v.id
        WHERE v.business_id = %(business_id)s::uuid
          AND (%(after)s::uuid IS NULL OR v.id > %(after)s::uuid)
          AND EXISTS (
            SELECT FROM jsonb_each(v.boxes) side CROSS JOIN jsonb_each_text(side.value) box
            WHERE NOT starts_with(box.value, %(newest)s::text))
        ORDER BY v.id LIMIT %(most)s::int
        """,
        {
            "business_id": business_id,
            "after": after,
            "newest": _newest_head(),
            "most": most,
        },
    )
    return [(row_id, source, of, json.loads(boxes)) for row_id, source, of, boxes in rows]


def reseal(
    business_id: BusinessId, rows: Sequence[tuple[UUID, str, UUID, Boxes]]
) -> tuple[int, int]:
    """How many texts of these changes were sealed anew, and how many nothing opens."""
    count = broken = 0
    for row_id, source, of, boxes in rows:
        becomes: dict[str, dict[str, str]] = {side: {} for side in boxes}
        anew = 0
        for side, name, text in _each(boxes):
            becomes[side][name] = text
            if text.startswith(_newest_head()):
                continue
            try:
                becomes[side][name] = resealed(text, place_of(source, name, of))
                anew += 1
            except SealBroken:
                broken += 1
        if anew and _write(business_id, row_id, boxes, becomes):
            count += anew
    return count, broken


def _each(boxes: Boxes) -> Iterator[tuple[str, str, str]]:
    return ((side, name, text) for side, texts in boxes.items() for name, text in texts.items())


def _newest_head() -> str:
    return f"{VERSION}.{newest().id}."


def _write(business_id: BusinessId, row_id: UUID, was: Boxes, becomes: Boxes) -> bool:
    """Only where it is still what was read."""
    [(is_written,)] = execute(
        """
        SELECT audit_reseal_values(%(business_id)s::uuid, %(id)s::uuid, %(was)s::jsonb,
          %(becomes)s::jsonb)
        """,
        {
            "business_id": business_id,
            "id": row_id,
            "was": json.dumps(was),
            "becomes": json.dumps(becomes),
        },
    )
    return bool(is_written)
