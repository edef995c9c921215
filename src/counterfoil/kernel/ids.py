"""Identifiers: UUIDv7 inside, `prefix_` and 26 Crockford characters outside (RFC 9562, 5.7)."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NewType
from uuid import UUID

from counterfoil.kernel.errors import NotFound

BusinessId = NewType("BusinessId", UUID)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LENGTH = 26
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_TIME = 0xFFFF_FFFF_FFFF  # milliseconds
_MARKS = 0x7 << 76 | 0b10 << 62  # version and variant
_SHIFTS = range(120, -1, -10)
_lock = threading.Lock()
_last = 0
_RANDOM_AT_ONCE = 128  # asked of the system together: one call each is most of an id's cost
_random: list[int] = []
os.register_at_fork(after_in_child=_random.clear)  # a child never repeats its parent's


def fresh_ids(count: int) -> list[UUID]:
    """So many fresh UUIDv7s, in the order in which `new_id` would make them."""
    global _last  # noqa: PLW0603  the last stamp of this process
    if count <= 0:
        return []
    with _lock:
        first = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = first + count - 1
    tails = memoryview(secrets.token_bytes(8 * count)).cast("Q")
    return [
        UUID(int=(stamp >> 12 & _TIME) << 80 | (stamp & 0xFFF) << 64 | _MARKS | tail >> 2)
        for stamp, tail in zip(range(first, first + count), tails, strict=True)
    ]


def new_id() -> UUID:
    """A fresh UUIDv7; ids made in one process never sort against the order they were made in.

    The 12 bits after the milliseconds are a sub-millisecond fraction (RFC 9562, 6.2, method 3).
    """
    global _last  # noqa: PLW0603  the last stamp of this process
    with _lock:
        stamp = _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        if not _random:
            _random.extend(memoryview(secrets.token_bytes(8 * _RANDOM_AT_ONCE)).cast("Q"))
        tail = _random.pop() >> 2
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail
    return UUID(int=value)


def encode(prefix: str, value: UUID) -> str:
    """The outside form: `inv_01jd…`; sorts by time like the UUID does."""
    number = value.int
    return f"{prefix}_{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}"


def decode(prefix: str, text: str) -> UUID:
    """The UUID of an outside id; anything malformed or of another kind is `NotFound`."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != _LENGTH:
        raise NotFound
    number = 0
    for character in tail:
        if character not in _VALUES:
            raise NotFound
        number = number << 5 | _VALUES[character]
    if number >= 1 << 128:
        raise NotFound
    return UUID(int=number)


def moment_of(text: str) -> datetime | None:
    """When an outside id was made, to the millisecond; None for what holds no UUIDv7."""
    try:
        value = decode(text.partition("_")[0], text)
        moment = datetime.fromtimestamp((value.int >> 80) / 1000, UTC)
    except (NotFound, ValueError):
        return None
    return moment if value.version == 7 else None  # noqa: PLR2004  RFC 9562


def new_ids(count: int, *, at: datetime) -> list[UUID]:
    """UUIDv7s of one moment (which may be long ago), in ascending order."""
    milliseconds = int(at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    tails = sorted(_tails(count))
    head = milliseconds << 80 | 0x7 << 76 | 0b10 << 62
    low = (1 << 62) - 1
    return [UUID(int=head | (tail >> 62) << 64 | (tail & low)) for tail in tails]


def _tails(count: int) -> Iterator[int]:
    """So many random numbers of 74 bits; the system is asked once."""
    drawn = memoryview(secrets.token_bytes(16 * count)).cast("Q")
    return (high >> 54 << 64 | low for high, low in zip(drawn[::2], drawn[1::2], strict=True))
