"""What the objects of several gateways have in common, checked while they are read (pure): texts,
times, and what we gave an object along."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class Unreadable(ValueError):
    """The gateway sent something that is not of the agreed shape."""


def text(value: Any) -> str:
    """A text that is not empty; `Unreadable` if it is none."""
    if not isinstance(value, str) or not value:
        raise Unreadable("not a text")
    return value


def moment(value: Any) -> datetime:
    """A time with its offset from UTC, which need not be one that a zone has; `Unreadable`, or
    `ValueError`, for any other."""
    found = datetime.fromisoformat(text(value))
    if found.tzinfo is None:
        raise Unreadable("a time without a zone")
    return found.astimezone(UTC)


def unix_moment(value: Any) -> datetime:
    """A time as seconds since 1970; `Unreadable` for any other."""
    if type(value) is not int:
        raise Unreadable("not a time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise Unreadable("not a time") from error


def carried(thing: Any, name: str) -> str:
    """What an object carries of ours under this name of its metadata; empty if it carries none."""
    held = thing.get("metadata")
    found = held.get(name) if isinstance(held, Mapping) else None
    return found if isinstance(found, str) else ""


def customer_of(thing: Any) -> str:
    """Our id of whose an object is; empty if it carries none."""
    return carried(thing, "customer")
