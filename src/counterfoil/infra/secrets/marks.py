"""Marks: by which a value is known again, and which say nothing of it without our key."""

from django.utils.crypto import salted_hmac


def mark_of(salt: str, value: str) -> str:
    """The mark of a value under this salt, 32 characters; of no value there is none."""
    if not value:
        return ""
    return salted_hmac(f"counterfoil.{salt}", value, algorithm="sha256").hexdigest()[:32]
