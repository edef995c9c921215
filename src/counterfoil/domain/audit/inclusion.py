"""The proof that one row stands below one seal: whoever holds it needs neither us nor the database
to check it, but only the head of the seal that they kept (RFC 6962, 2.1.1)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from counterfoil.domain.audit.openings import Opening, opening
from counterfoil.domain.audit.rows import SealRow, head_of
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.merkle import root_by

KIND = "counterfoil inclusion proof, 1"
_MOST = 2**31  # rows below a seal, and seals


class NoProof(ValueError):
    """The file is none of ours, or something of it is missing."""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A row as it was hashed (`content`: its table, a line break, its columns), its place below a
    seal, and the hashes beside its way up. `values` are the lines under a change's digest,
    `openings` the sealed texts that marks in either stand for."""

    business_id: BusinessId
    row_id: UUID
    content: str
    values: tuple[str, ...]
    position: int
    path: tuple[bytes, ...]
    seal: SealRow
    previous: bytes
    openings: tuple[Opening, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """What is written into the file."""
        return {
            "kind": KIND,
            "business": str(self.business_id),
            "row": str(self.row_id),
            "content": self.content,
            "values": list(self.values),
            "sealed": [one.document for one in self.openings],
            "position": self.position,
            "path": [one.hex() for one in self.path],
            "seal": {
                "number": self.seal.number,
                "previous": bytes(self.previous).hex(),
                "columns": self.seal.columns,
                "count": self.seal.count,
                "root": bytes(self.seal.root).hex(),
                "sealed_at": self.seal.sealed_at.isoformat(),
                "head": bytes(self.seal.head).hex(),
            },
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file proves: which table's row it is, below the seal with this mark; or why not.
    `texts` are what was sealed of it, by the marks."""

    source: str
    content: dict[str, Any]
    mark: str
    sealed_at: datetime
    problems: tuple[str, ...]
    texts: dict[str, str]


def check(document: Mapping[str, Any]) -> Checked:
    """Computes everything again that the file says; `NoProof` for what is no such file, whatever
    somebody has put into it."""
    if document.get("kind") != KIND:
        raise NoProof("it is no inclusion proof of Counterfoil")
    try:
        return _checked(document)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NoProof(f"something of it is missing or of another form ({error})") from None
    except RecursionError:
        raise NoProof("something in it has no end of things inside things") from None


def _number(value: object) -> int:
    """A whole number as we write them; `TypeError` for what only looks like one."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        raise TypeError("a number in it is none")
    return value


def _checked(document: Mapping[str, Any]) -> Checked:
    seal, content = cast("Mapping[str, Any]", document["seal"]), cast("str", document["content"])
    source, _, columns = content.partition("\n")
    row, number = json.loads(columns), _number(seal["number"])
    if not isinstance(row, dict) or not isinstance(seal["columns"], dict):
        raise TypeError("what should have columns has none")
    leaf = hashlib.sha256(b"\x00" + content.encode()).digest()
    path = [bytes.fromhex(one) for one in document["path"]]
    top = root_by(leaf, _number(document["position"]), _number(seal["count"]), path)
    sealed_at = datetime.fromisoformat(seal["sealed_at"])
    if sealed_at.tzinfo is None:
        raise ValueError("its time has no zone")
    head = head_of(
        BusinessId(UUID(document["business"])),
        number=number,
        previous=bytes.fromhex(seal["previous"]),
        columns=seal["columns"],
        count=_number(seal["count"]),
        root=bytes.fromhex(seal["root"]),
        sealed_at=sealed_at,
    ).hex()
    problems = []
    if (row["id"], row.get("business_id")) != (document["row"], document["business"]):
        problems.append("the row is another than the file says")
    if top is None or top.hex() != seal["root"]:
        problems.append("the row is not below the root of its seal")
    if head != seal["head"]:
        problems.append("the head does not follow from the seal")
    if document["values"] and not _fits(row, document["values"]):
        problems.append("the values are others than those that were sealed")
    sealed = [opening(one) for one in document["sealed"]]
    if not all(one.is_in("\n".join([content, *document["values"]])) for one in sealed):
        problems.append("a text is another than its mark is of")
    texts = {one.mark: one.text for one in sealed}
    return Checked(source, row, f"{number}:{head}", sealed_at, tuple(problems), texts)


def _fits(row: Mapping[str, Any], values: list[str]) -> bool:
    digest = hashlib.sha256("\n".join(values).encode()).hexdigest()
    return str(row.get("digest")) == f"\\x{digest}"
