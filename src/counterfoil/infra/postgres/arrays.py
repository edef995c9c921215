"""Arrays as PostgreSQL reads them: the driver would look at every element of every list twice."""

import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import postgres
from psycopg.adapt import Dumper
from psycopg.pq import Format

LARGE = 100
"""From so many elements on, ids are sent in binary: to read them takes the server a tenth of all
that it does for a large batch."""
_UUID = postgres.types["uuid"]
_HEAD = struct.Struct("!iiiii")
_SIXTEEN = 16 << 128  # the length of an id, before its bytes
_NULL = b"\xff\xff\xff\xff"


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


class Ids(bytes):
    """The binary form of an array of ids, some of which may be NULL."""

    __slots__ = ()


class IdsDumper(Dumper):
    """How the driver sends `Ids`: as they are."""

    format = Format.BINARY
    oid = _UUID.array_oid

    def dump(self, obj: Ids) -> bytes:
        """The bytes themselves."""
        return obj


def written(values: Sequence[Any]) -> "str | Ids":
    """A list of plain values as an array: `array_text`, but many ids in binary."""
    if len(values) >= LARGE:
        kinds = set(map(type, values))
        if kinds == {UUID}:
            return Ids(_head(values, 0) + b"".join([_id(value) for value in values]))
        if kinds == {UUID, type(None)}:
            parts = [_NULL if value is None else _id(value) for value in values]
            return Ids(_head(values, 1) + b"".join(parts))
    return array_text(values)


def _head(values: Sequence[Any], has_nulls: int) -> bytes:
    return _HEAD.pack(1, has_nulls, _UUID.oid, len(values), 1)


def _id(value: UUID) -> bytes:
    return (_SIXTEEN | value.int).to_bytes(20)
