"""Sealed columns: secrets that only the application can read."""

import base64
import hashlib
import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


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


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A small dictionary of secrets, sealed at rest."""

    def get_prep_value(self, value: Any) -> Any:
        """Seals on the way in."""
        return None if value is None else seal(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Opens on the way out."""
        return None if value is None else unseal(value)
