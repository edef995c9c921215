"""Checks that an item of a notification was signed by Adyen."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from counterfoil.kernel.ports.gateways.events import SignatureInvalid

_SIGNED = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
_UNSPLIT = ("pspReference", "originalReference", "merchantAccountCode", "eventCode", "success")


def verify(keys: Sequence[bytes], item: Any) -> None:
    """Raises `SignatureInvalid` unless one of the keys signed this item.

    Adyen signs some fields joined by colons: references, account, amount, code and success. So a
    colon in a field that never has one could be another item's, cut elsewhere. The rest of an
    item, its reason, date and additional data, is not signed.
    """
    try:
        given = str(item["additionalData"]["hmacSignature"]).encode()
        amount = item["amount"]
        fields = [_text(item.get(name)) for name in _SIGNED]
        fields += [str(amount["value"]), _text(amount["currency"])]
        fields += [_text(item["eventCode"]), _text(item["success"])]
        signed = ":".join(fields).encode()
    except (KeyError, TypeError, AttributeError, UnicodeError) as error:
        raise SignatureInvalid("the webhook's item is not signed") from error
    if any(":" in _text(item.get(name)) for name in _UNSPLIT):
        raise SignatureInvalid("the webhook's item could be read in two ways")
    right = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    if not any(hmac.compare_digest(one, given) for one in right):
        raise SignatureInvalid("the webhook's signature does not match")


def _text(value: Any) -> str:
    return "" if value is None else str(value)
