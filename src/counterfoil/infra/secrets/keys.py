"""Data keys: each has an id that stands before what it sealed; the first of them seals."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHARACTERS_MIN = 32
_NAMED = re.compile(rf"([a-z][a-z0-9-]{{0,19}}):([A-Za-z0-9_+/=-]{{{CHARACTERS_MIN},200}})")


class BadKey(ValueError):
    """A data key that is named in another form."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key by its id; `is_named` if the environment names it, else it follows from
    a secret key."""

    id: str
    secret: str = field(repr=False)
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done in one place: sealed anew, and left because nothing opens it."""

    place: str
    resealed: int
    broken: int


def keys_of(named: str, secret_keys: Iterable[str]) -> tuple[DataKey, ...]:
    """Every key that opens, the one that seals first: those that are named, `id:secret` with
    commas between them, then those that follow from the secret keys. Refuses `BadKey`."""
    found = [_named(one) for one in named.split(",") if one.strip()]
    found += [_derived(secret) for secret in secret_keys]
    ids = [one.id for one in found]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise BadKey(f"the data key {min(twice)} is named twice")
    return tuple(found)


def _named(text: str) -> DataKey:
    match = _NAMED.fullmatch(text.strip())
    if match is None:
        raise BadKey(
            "a data key is written id:secret, the id in small letters and digits, the secret of "
            f"{CHARACTERS_MIN} characters or more (`counterfoil keys new` makes one)"
        )
    return DataKey(match.group(1), match.group(2))


def _derived(secret: str) -> DataKey:
    """The id tells keys apart and nothing about them."""
    mark = hashlib.sha256(b"counterfoil key id\0" + secret.encode()).hexdigest()[:8]
    return DataKey(f"secret-{mark}", secret, is_named=False)


def new_key(known: Sequence[DataKey], *, year: int) -> str:
    """A key that nobody had before, in the form in which it is named."""
    taken = {one.id for one in known}
    number = next(n for n in range(1, len(taken) + 2) if f"k{year}-{n}" not in taken)
    return f"k{year}-{number}:{secrets.token_urlsafe(32)}"


@cache
def cipher(secret: str) -> AESGCM:
    """AES-256-GCM under a key; the secret is any text, what it is used for goes into it."""
    made = HKDF(SHA256(), 32, salt=None, info=b"counterfoil data key").derive(secret.encode())
    return AESGCM(made)
