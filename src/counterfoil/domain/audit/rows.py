"""The frozen values of the trail."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from counterfoil.infra.secrets.fields import told_values
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows are sealed: those that fit `where` (SQL over the row `t`, our own
    constant), without the columns that may change later."""

    table: str
    where: str = "true"
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SealRow:
    """One seal, with the columns of its shape."""

    id: UUID
    number: int
    shape_id: UUID
    columns: dict[str, Any]
    count: int
    root: bytes
    head: bytes
    sealed_at: datetime

    @property
    def mark(self) -> str:
        """What a person keeps of it: `41:9f0c…`."""
        return f"{self.number}:{bytes(self.head).hex()}"


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A leaf's place, and its hash."""

    position: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class PlacedLeaf:
    """Where one row stands: at which place below which seal, and the head of the seal before."""

    position: int
    source: str
    previous: bytes
    seal: SealRow


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One change: by whom, from where, of which row, and what it made of what (by column, without
    secrets). `boxes` are the sealed texts that marks among them stand for; none once opened."""

    id: UUID
    at: datetime
    actor: str
    origin: str
    source: str
    verb: str
    object_id: UUID | None
    changed: list[str]
    called: str
    before: dict[str, Any]
    after: dict[str, Any]
    boxes: dict[str, Any] = field(default_factory=dict)

    @property
    def opened(self) -> "RecordRow":
        """The same with the texts in the place of their marks."""
        before, after = sides(self.source, self.object_id, self.before, self.after, self.boxes)
        return replace(self, before=before, after=after, boxes={})


@dataclass(frozen=True, slots=True)
class LookRow:
    """Somebody of the business saw the portal as a customer does; `by` is empty once erased."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Something that happened and changed nothing: by whom, from where, about what."""

    id: UUID
    at: datetime
    actor: str
    origin: str
    kind: str
    subject: str
    customer_id: UUID | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BentRecord:
    """A change or note whose values were edited or removed."""

    id: UUID
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Trail:
    """How far the trail goes: how many rows are below how many seals."""

    seals: int
    leaves: int
    last: SealRow | None


def sides_of(boxes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sealed texts of before and after, whatever form somebody has given them in the
    database."""
    found = (boxes.get("before"), boxes.get("after"))
    return [one if isinstance(one, dict) else {} for one in found]


def sides(
    source: str,
    object_id: UUID | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    boxes: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a change of a row made of what, with what is sealed of it opened."""
    was, became = sides_of(boxes)
    return (
        told_values(source, object_id, before, was),
        told_values(source, object_id, after, became),
    )


def head_of(  # noqa: PLR0913  each of them is under the seal
    business_id: BusinessId,
    *,
    number: int,
    previous: bytes,
    columns: Mapping[str, Sequence[str]],
    count: int,
    root: bytes,
    sealed_at: datetime,
) -> bytes:
    """What is written over a batch: a hash over all of it, and over the head before it."""
    content = {
        "business": str(business_id),
        "number": number,
        "previous": bytes(previous).hex(),
        "columns": columns,
        "count": count,
        "root": bytes(root).hex(),
        "sealed_at": sealed_at.astimezone(UTC).isoformat(),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()
