"""What the answers of several gateways have in common, checked while they are read (pure): whole
objects, texts, times, and what we gave an object along."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from counterfoil.adapters.outbound import Answer
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import KeysRefused

KEYS_REFUSED = frozenset({401, 403})
_OK = 200


class Unreadable(ValueError):
    """The gateway sent something that is not of the agreed shape."""


def json_of(answer: Answer) -> Any:
    """What an answer says; None if that is no JSON."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def object_of(answer: Answer) -> dict[str, Any]:
    """The object that was asked for; whatever is not a whole and good answer is `Unavailable`,
    never 'there is none'. `KeysRefused` where our keys are not taken."""
    if answer.status in KEYS_REFUSED:
        raise KeysRefused
    read = json_of(answer)
    if answer.status != _OK or not isinstance(read, dict):
        raise Unavailable(f"The gateway did not tell (HTTP {answer.status}).")
    return read


def text(value: Any) -> str:
    """A text that is not empty; `Unreadable` if it is none."""
    if not isinstance(value, str) or not value:
        raise Unreadable("not a text")
    return value


def moment(value: Any) -> datetime:
    """A time with its offset from UTC, which need not be one that a zone has; `Unreadable` for any
    other."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError as error:
        raise Unreadable("not a time") from error
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


def described(thing: Any) -> str:
    """What an object says that it is for; empty if it says nothing."""
    found = thing.get("description")
    return found if isinstance(found, str) else ""


def customer_of(thing: Any) -> str:
    """Our id of whose an object is; empty if it carries none."""
    return carried(thing, "customer")
