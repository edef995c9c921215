"""Cursors in addresses: opaque, and a broken one is simply the first page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from urllib.parse import urlencode
from uuid import UUID


def pack(*parts: object) -> str:
    """Facts of the last row of a page, safe in an address."""
    return urlsafe_b64encode("|".join(str(part) for part in parts).encode()).decode().rstrip("=")


def unpack(cursor: str) -> list[str]:
    """The facts again; an empty list for anything that is no cursor."""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
    except ValueError:
        return []


def date_and_id(cursor: str) -> tuple[date, UUID] | None:
    """A cursor over (date, id)."""
    try:
        day, row_id = unpack(cursor)
        return date.fromisoformat(day), UUID(row_id)
    except ValueError:
        return None


def only_id(cursor: str) -> UUID | None:
    """A cursor over ids."""
    try:
        (row_id,) = unpack(cursor)
        return UUID(row_id)
    except ValueError:
        return None


def with_query(path: str, **parameters: str) -> str:
    """A path with the parameters that say something."""
    kept = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
