"""Sealed columns: secrets that only the application can read, opened when they are asked for."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from counterfoil.kernel.errors import Unavailable


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    sealed = [base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()) for key in keys]
    return MultiFernet([Fernet(key) for key in sealed])


def seal(values: dict[str, str]) -> str:
    """Sealed with the newest key of the setting `SEALING_KEYS`."""
    return _box(tuple(settings.SEALING_KEYS)).encrypt(json.dumps(values).encode()).decode()


def unseal(text: str) -> dict[str, str]:
    """Opened with any of the keys; a foreign or changed value raises `InvalidToken`."""
    opened: dict[str, str] = json.loads(_box(tuple(settings.SEALING_KEYS)).decrypt(text.encode()))
    return opened


class SealBroken(Unavailable):
    """What is stored can't be opened; nothing was started."""

    code = "seal_broken"
    message = (
        "The stored secrets were sealed with another key, or changed: name the old key in "
        "COUNTERFOIL_OLD_SECRET_KEYS, or type the secrets in again."
    )


class Sealed(Mapping[str, str]):
    """A dictionary that stays sealed until something of it is asked for; then it may refuse
    (`SealBroken`). One row that can't be opened so hinders no other."""

    __slots__ = ("_opened", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._opened: dict[str, str] | None = None

    def _read(self) -> dict[str, str]:
        if self._opened is None:
            try:
                self._opened = unseal(self._text)
            except InvalidToken:
                raise SealBroken from None
        return self._opened

    def __getitem__(self, name: str) -> str:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def opened_or_none(values: Mapping[str, str]) -> dict[str, str]:
    """What is there; nothing, if it can't be opened: for who is about to replace it."""
    try:
        return dict(values)
    except SealBroken:
        return {}


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A small dictionary of secrets, sealed at rest."""

    def get_prep_value(self, value: Any) -> Any:
        """Seals on the way in."""
        return None if value is None else seal(dict(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Comes out as it is stored: whoever needs it opens it."""
        return None if value is None else Sealed(value)
