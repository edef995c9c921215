"""Random names for the gateway's objects and keys, long enough that nobody guesses one."""

import base64
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """`prefix_` and 26 random characters (130 bits)."""
    return prefix + "_" + "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(26))


def new_webhook_secret() -> str:
    """A Standard Webhooks secret: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
