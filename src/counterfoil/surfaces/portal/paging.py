"""Cursors in addresses: opaque, and a broken one is simply the first page. The address of a later
page holds the way there, cursor by cursor, so that "Previous" leads to the page before."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

WAY_MAX = 30
_STEP = "."  # in no cursor


def pack(*parts: object) -> str:
    """Facts of the last row of a page, safe in an address."""
    return urlsafe_b64encode("|".join(str(part) for part in parts).encode()).decode().rstrip("=")


def unpack(cursor: str) -> list[str]:
    """The facts again; an empty list for anything that is no cursor."""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
    except ValueError:
        return []


def way(text: str, is_good: Callable[[str], bool]) -> list[str]:
    """The cursors of the pages up to this one, of which the last cuts it; empty for the first page,
    and where any of them is none of ours."""
    steps = text.split(_STEP)[-WAY_MAX:]
    return steps if all(is_good(one) for one in steps) else []


def onward(steps: Sequence[str], cursor: str) -> str:
    """The address's word for the next page; of a very long way the beginning is forgotten."""
    return _STEP.join([*steps, cursor][-WAY_MAX:])


def back(steps: Sequence[str]) -> str:
    """The address's word for the page before; empty for the first."""
    return _STEP.join(steps[:-1])


def value_and_id(cursor: str, kind: Literal["date", "bigint"]) -> tuple[date | int, UUID] | None:
    """A cursor over (value, id), the value being of the kind that the order sorts by."""
    try:
        value, row_id = unpack(cursor)
        found = date.fromisoformat(value) if kind == "date" else _whole(value)
        return found, UUID(row_id)
    except ValueError:
        return None


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise ValueError(text)
    return int(text)


def only_id(cursor: str) -> UUID | None:
    """A cursor over ids."""
    try:
        (row_id,) = unpack(cursor)
        return UUID(row_id)
    except ValueError:
        return None
