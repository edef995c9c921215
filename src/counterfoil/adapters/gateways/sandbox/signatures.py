"""Checks that a webhook was signed by the gateway, for these very bytes, and not long ago."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from counterfoil.kernel.ports.gateways.events import SignatureInvalid

WINDOW = timedelta(minutes=5)
_DIGITS_MAX = 12


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, at: datetime) -> str:
    """The signed message's id; raises `SignatureInvalid`.

    Any of `secrets` will do, so that one can be replaced while webhooks are under way. The window
    is counted from `at`, the time of arrival, because a stored webhook may be read much later.
    """
    known = {name.lower(): value for name, value in headers.items()}
    message_id = known.get("webhook-id", "")
    stamp = known.get("webhook-timestamp", "")
    if not message_id or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _DIGITS_MAX):
        raise SignatureInvalid("the webhook's headers are missing")
    sent_at = _time(stamp)
    if abs(at - sent_at) > WINDOW:
        raise SignatureInvalid("the webhook was signed too long ago, or in the future")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise SignatureInvalid("the webhook's body is not text") from None
    right = [Webhook(secret).sign(message_id, sent_at, text) for secret in secrets]
    given = known.get("webhook-signature", "").split(" ")
    if not any(_equal(one, other) for one in right for other in given):
        raise SignatureInvalid("the webhook's signature does not match")
    return message_id


def _time(stamp: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(stamp), UTC)
    except (OverflowError, ValueError, OSError):
        raise SignatureInvalid("the webhook's time is not a time") from None


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
