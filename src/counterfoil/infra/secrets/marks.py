"""Marks: by which a value is known again, and which say nothing of it without our key."""

from django.conf import settings
from django.utils.crypto import salted_hmac


def mark_of(salt: str, value: str) -> str:
    """The mark of a value under this salt, 32 characters; of no value there is none."""
    return _mark(salt, value, settings.SECRET_KEY) if value else ""


def marks_before(salt: str, value: str) -> list[str]:
    """The marks that it had under the secret keys before this one, the last of them first."""
    return [_mark(salt, value, key) for key in settings.SECRET_KEY_FALLBACKS]


def _mark(salt: str, value: str, key: str) -> str:
    return salted_hmac(f"counterfoil.{salt}", value, key, algorithm="sha256").hexdigest()[:32]
