"""Secrets that lead somewhere: made here, kept as hashes only."""

import hashlib
import secrets

KEY_PREFIX = "cfk_"


def new_secret() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """SHA-256: the secret has 256 bits of its own, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()
