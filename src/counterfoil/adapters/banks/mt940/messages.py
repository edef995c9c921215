"""From lines to messages: which fields belong to which statement, and that none is cut off."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from counterfoil.kernel.ports.banks import StatementRefused

_TAG = re.compile(r":(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|34F|13D?|90[CD]|NS):(.*)")
_RANKS = {
    "20": 0, "13": 0, "13D": 0, "21": 0, "NS": 0, "86": 0,
    "25": 1, "25P": 1, "28": 2, "28C": 2, "34F": 2,
    "60F": 3, "60M": 3, "61": 4, "90D": 5, "90C": 5, "62F": 6, "62M": 6, "64": 7, "65": 7,
}  # fmt: skip
_MANY = {"61", "86", "34F", "64", "65", "NS", "90C", "90D"}
_NEEDED = (
    (("25", "25P"), "account (:25:)"),
    (("60F", "60M"), "opening balance (:60F:)"),
    (("62F", "62M"), "closing balance (:62F:)"),
)


@dataclass(slots=True)
class Field:
    """One tagged field with the lines that belong to it; `line` is where it begins."""

    line: int
    tag: str
    lines: list[str]


@dataclass(slots=True)
class Message:
    """One MT940 or MT942, its fields in order. `rank` is how far it has come."""

    line: int
    fields: list[Field] = field(default_factory=list)
    rank: int = 0
    _firsts: dict[str, Field] = field(default_factory=dict)

    def add(self, one: Field) -> None:
        """Takes the next field."""
        self.fields.append(one)
        self.rank = max(self.rank, _RANKS[one.tag])
        self._firsts.setdefault(one.tag, one)

    def first(self, *tags: str) -> Field | None:
        """The first field with one of these tags."""
        return next((self._firsts[tag] for tag in tags if tag in self._firsts), None)

    def text(self, *tags: str) -> str:
        """The first line of that field, without blanks around it; empty where there is none."""
        found = self.first(*tags)
        return found.lines[0].strip() if found else ""

    @property
    def is_interim(self) -> bool:
        """MT942: movements of the day that are not booked for good."""
        has_balance = self.first("60F", "60M", "62F", "62M")
        return not has_balance and self.first("34F", "13", "13D") is not None

    @property
    def is_closed(self) -> bool:
        """Whether its closing balance has been there."""
        return self.first("62F", "62M") is not None


def messages(lines: Sequence[str]) -> Iterator[Message]:
    """The messages of a file, in order; frames and headers around them are let be.

    Refuses (`StatementRefused`) fields outside of a message or in a wrong place, and a message
    that lacks its account or one of its balances: it was cut off.
    """
    message: Message | None = None
    for number, line in enumerate(lines, start=1):
        found = _TAG.fullmatch(line)
        begins = found is not None and found[1] == "20"
        if message and (begins or _ends(message, line)):
            yield _whole(message, number)
            message = None
        if begins:
            message = Message(number)
        if message:
            _take(message, number, line, found)
        elif found:
            words = f"Line {number}: the field :{found[1]}: stands outside of a statement (:20:)."
            raise StatementRefused(words, line=number)
    if message:
        yield _whole(message, len(lines))


def _take(message: Message, number: int, line: str, found: re.Match[str] | None) -> None:
    if not found:
        message.fields[-1].lines.append(line)
        return
    tag = found[1]
    rank = _RANKS[tag]
    again = [one for one, other in _RANKS.items() if other == rank and message.first(one)]
    if rank and (rank < message.rank or (again and tag not in _MANY)):
        words = f"Line {number}: the field :{tag}: can't stand there. Fetch the file again."
        raise StatementRefused(words, line=number)
    message.add(Field(number, tag, [found[2]]))


def _ends(message: Message, line: str) -> bool:
    """A hyphen ends a message once its closing balance was there; before that it is text."""
    bare = line.strip()
    if not bare.startswith("-"):
        return False
    return message.is_closed or (message.is_interim and (bare == "-" or bare.startswith("-}")))


def _whole(message: Message, line: int) -> Message:
    if message.is_interim and message.text("25", "25P"):
        return message
    for tags, what in _NEEDED:
        if not message.first(*tags):
            words = (
                f"The statement that begins in line {message.line} has no {what} up to line "
                f"{line}: the file was cut off there, or damaged. Fetch it again."
            )
            raise StatementRefused(words, line=line)
    return message
