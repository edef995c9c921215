"""From physical lines to records with their continuations, and fields taken one by one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ports.banks import StatementRefused
from counterfoil.kernel.statements import plain, shown

_RECORD = re.compile(r"[ ]*([0-9]{2})(?:,(.*))?", re.DOTALL)
_CODES = {"01", "02", "03", "16", "49", "98", "99"}
_CONTINUATION = "88"
_AMOUNT = re.compile(r"[+-]?[0-9]{1,30}")
_FUNDS_WITHOUT_MORE = {"", "Z", "0", "1", "2"}


class BadRecord(Refused):
    """A record whose fields can't be read."""

    code = "bad_record"
    message = "A record can't be read."


@dataclass(slots=True)
class Record:
    """One record: its code, the line where it begins, how many lines it takes, its pieces."""

    line: int
    code: str
    pieces: list[str]

    @property
    def count(self) -> int:
        """How many physical records it takes, continuations included."""
        return len(self.pieces)

    def fields(self) -> "Fields":
        """Its fields, from the first on."""
        return Fields([piece.split(",") for piece in self.pieces])


@dataclass(slots=True)
class Fields:
    """The fields of a record that are still to be read, over all its pieces."""

    pieces: list[list[str]]
    _piece: int = 0
    _field: int = 0

    @property
    def is_over(self) -> bool:
        """Whether all have been read."""
        while self._piece < len(self.pieces) and self._field >= len(self.pieces[self._piece]):
            self._piece, self._field = self._piece + 1, 0
        return self._piece >= len(self.pieces)

    def next(self) -> str:
        """The next field without blanks around it; empty past the end."""
        if self.is_over:
            return ""
        self._field += 1
        return self.pieces[self._piece][self._field - 1].strip()

    def rest(self) -> str:
        """Everything that is left, as one text in which commas are text."""
        if self.is_over:
            return ""
        here, *more = self.pieces[self._piece :]
        return plain(" ".join(",".join(piece) for piece in (here[self._field :], *more)))

    def amount(self) -> int | None:
        """The next field as minor units; none where it is empty. Refuses (`BadRecord`) others."""
        text = self.next()
        if not text:
            return None
        if not _AMOUNT.fullmatch(text):
            raise BadRecord(f"{shown(text)} is no amount in minor units.")
        return int(text)

    def skip_funds(self) -> str:
        """Reads when the money can be used; gives the value date, if it is given as one."""
        kind = self.next().upper()
        if kind in _FUNDS_WITHOUT_MORE:
            return ""
        if kind == "V":
            day, _ = self.next(), self.next()
            return day
        if kind == "S":
            more = 3
        elif kind == "D":
            count = self.amount() or 0
            more = 2 * count
        else:
            raise BadRecord(f"{shown(kind)} is no funds type.")
        for _ in range(min(more, sum(map(len, self.pieces)))):
            self.next()
        return ""


@dataclass(slots=True)
class Block:
    """A header, what is inside of it, and its trailer."""

    header: Record
    trailer: Record | None = None
    records: list[Record] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many physical records it takes, header and trailer included."""
        own = [self.header, *self.records, *([self.trailer] if self.trailer else [])]
        return sum(one.count for one in own) + sum(block.count for block in self.blocks)


_LEVELS = {"01": 0, "02": 1, "03": 2}
_TRAILERS = {"99": 0, "98": 1, "49": 2}
_NAMES = ("file (01 to 99)", "group (02 to 98)", "account (03 to 49)")


def records(text: str) -> Iterator[Record]:
    """The records, each with its continuations. Refuses (`StatementRefused`) other lines."""
    record: Record | None = None
    for line, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if not raw.strip(" \t\x1a"):
            continue
        found = _RECORD.fullmatch(raw)
        code = found[1] if found else ""
        if code == _CONTINUATION and record and found:
            record.pieces.append(_unended(found[2]))
            continue
        if code not in _CODES or not found:
            words = f"Line {line} begins with no record code of BAI2: {shown(raw[:20])}."
            raise StatementRefused(words, line=line)
        if record:
            yield record
        record = Record(line, code, [_unended(found[2])])
    if record:
        yield record


def _unended(text: str | None) -> str:
    return (text or "").rstrip().removesuffix("/")


def file_of(text: str) -> Block:
    """The file with its groups and their accounts.

    Refuses (`StatementRefused`) a record where it can't stand, and whatever is not ended by its
    trailer: it was cut off.
    """
    stack: list[Block] = []
    whole: Block | None = None
    line = 0
    for record in records(text):
        line = record.line
        level = _LEVELS.get(record.code, _TRAILERS.get(record.code, len(_LEVELS)))
        depth = level + 1 if record.code in _TRAILERS else level
        if len(stack) != depth or whole is not None:
            words = f"Line {line}: a record {record.code} can't stand there. Fetch the file again."
            raise StatementRefused(words, line=line)
        if record.code in _LEVELS:
            block = Block(record)
            if stack:
                stack[-1].blocks.append(block)
            stack.append(block)
        elif record.code in _TRAILERS:
            ended = stack.pop()
            ended.trailer = record
            whole = ended if not stack else None
        else:
            stack[-1].records.append(record)
    if whole is None:
        name = _NAMES[len(stack) - 1] if stack else "file (01 to 99)"
        words = f"The {name} is not ended in line {line}: the file was cut off. Fetch it again."
        raise StatementRefused(words, line=line)
    return whole
