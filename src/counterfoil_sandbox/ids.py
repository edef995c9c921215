"""Names for the gateway's objects and keys: long enough that nobody guesses one, or repeatable."""

import base64
import random
import secrets
from collections.abc import Callable

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = bytes(ord(_ALPHABET[byte & 31]) for byte in range(256))


class Ids:
    """Hands out names; with a `seed` the same ones in the same sequence, for runs that repeat."""

    def __init__(self, seed: str | None = None) -> None:
        self._bytes: Callable[[int], bytes] = secrets.token_bytes
        if seed is not None:
            self._bytes = random.Random(seed).randbytes  # noqa: S311  a replay guards nothing

    def new(self, prefix: str) -> str:
        """`prefix_` and 26 random characters (130 bits)."""
        return f"{prefix}_{self._bytes(26).translate(_LETTERS).decode()}"

    def webhook_secret(self) -> str:
        """A Standard Webhooks secret: `whsec_` and 32 random bytes in base64."""
        return "whsec_" + base64.b64encode(self._bytes(32)).decode()

    def salt(self) -> str:
        """32 random bytes as hex."""
        return self._bytes(32).hex()
