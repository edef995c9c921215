"""What marks in the trail stand for, for a proof: with it anybody can compute a mark again, without
our keys."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from counterfoil.infra.db import execute
from counterfoil.infra.secrets.box import (
    SealBroken,
    mark_of_sealed,
    mark_over,
    place_of,
    salt_and_text,
)
from counterfoil.infra.secrets.fields import sealed_texts
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class Opening:
    """A text that was sealed, and the salt that its mark is over, too."""

    mark: str
    salt: bytes
    text: str

    @property
    def document(self) -> dict[str, str]:
        """What is written into the file."""
        return {"mark": self.mark, "salt": self.salt.hex(), "text": self.text}

    def is_in(self, told: str) -> bool:
        """Whether the mark is of this text, and stands in what was told (JSON)."""
        is_its_own = mark_over(self.salt, self.text.encode()) == self.mark
        return is_its_own and f'"{self.mark}"' in told


def opening(document: Mapping[str, str]) -> Opening:
    """Reads what `Opening.document` wrote; `TypeError` or `ValueError` for what is none."""
    mark, salt, text = (document[name] for name in ("mark", "salt", "text"))
    if not isinstance(mark, str) or not isinstance(text, str):
        raise TypeError("a text in it is none")
    return Opening(mark, bytes.fromhex(salt), text)


def openings(business_id: BusinessId, source: str, row_id: UUID) -> tuple[Opening, ...]:
    """The sealed texts of a row, or of the change that a record tells; what can't be opened is
    left out."""
    found = _of_change if source == "audit_record" else _of_row
    made = [_opened(*one) for one in found(business_id, source, row_id)]
    return tuple(one for one in made if one)


def _opened(sealed: str, place: str) -> Opening | None:
    try:
        return Opening(mark_of_sealed(sealed), *salt_and_text(sealed, place))
    except SealBroken:
        return None


def _of_row(business_id: BusinessId, source: str, row_id: UUID) -> Iterator[tuple[str, str]]:
    for name in sealed_texts(source):
        for (sealed,) in execute(
            f"""
            SELECT t."{name}" FROM "{source}" t
            WHERE t.business_id = %(business_id)s::uuid AND t.id = %(id)s::uuid
              AND t."{name}" <> ''
            """,  # noqa: S608  names of our own models
            {"business_id": business_id, "id": row_id},
        ):
            yield sealed, place_of(source, name, row_id)


def _of_change(business_id: BusinessId, _source: str, row_id: UUID) -> Iterator[tuple[str, str]]:
    for source, of, boxes in execute(
        """
        SELECT r.source, r.object_id, v.boxes::text FROM audit_record r
        JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id
        WHERE r.business_id = %(business_id)s::uuid AND r.id = %(id)s::uuid
          AND v.boxes IS NOT NULL
        """,
        {"business_id": business_id, "id": row_id},
    ):
        for texts in json.loads(boxes).values():
            for name, sealed in texts.items():
                yield sealed, place_of(source, name, of)
