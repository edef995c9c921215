"""The story of a seed: what happened, step by step, in words, with names instead of ids."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OUTSIDE = re.compile(r"\b(pay|ref|inv|cus|cn|msg|mdt|pm)_[0-9a-hjkmnp-tv-z]{26}\b")


class Story:
    """Lines with the time at which they happened."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self.lines: list[str] = []

    def name(self, kind: str, value: UUID, outside: str = "") -> str:
        """Gives an id a name (`payment 1`), the same for good; `outside` is its other form."""
        key = str(value)
        if key not in self._names:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[key] = f"{kind} {self._counts[kind]}"
        if outside:
            self._names[outside] = self._names[key]
        return self._names[key]

    def call(self, value: UUID, name: str) -> None:
        """Gives an id a name of its own."""
        self._names[str(value)] = name

    def tell(self, text: str) -> None:
        """One line."""
        self.lines.append(f"{self._clock():%d %b %H:%M:%S}  {text}")

    def named(self, text: str) -> str:
        """The text with names for the ids that have one."""
        for pattern in (_UUID, _OUTSIDE):
            text = pattern.sub(lambda found: self._names.get(found[0], found[0]), text)
        return text

    def text(self) -> str:
        """All of it."""
        return "\n".join(self.named(line) for line in self.lines)
