"""Arrays as PostgreSQL reads them: the driver would look at every element of every list twice."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITERS: dict[type, Callable[[Any], str]] = {
    UUID: lambda value: value.hex,
    int: str,
    bool: lambda value: "t" if value else "f",
    str: _quoted,
    Decimal: str,
    date: date.isoformat,
    datetime: lambda value: f'"{value.isoformat()}"',
    type(None): lambda _: "NULL",
}


def array_text(values: Sequence[Any]) -> str:
    """A list of plain values as an array's text (PostgreSQL, 8.15.6); a type that is not among
    them is a KeyError, and a date-time without its zone a ValueError."""
    return "{" + ",".join([_WRITERS[type(value)](value) for value in values]) + "}"
