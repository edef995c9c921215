"""What each gateway pushes, signed with any secret at any moment; and an account that takes it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Push = tuple[dict[str, str], bytes]  # headers and body


@dataclass(frozen=True)
class Signer:
    """One kind of gateway: its account's settings and secrets, the name of the secret that signs,
    other values of it, and how a push about an event of this id is signed."""

    kind: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    name: str
    other: str
    empty: str
    sign: Callable[[str, str, datetime], Push]

    @property
    def secret(self) -> str:
        """The one that is good."""
        return self.secrets[self.name]


def _mark(secret: bytes, text: bytes) -> str:
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def _stripe(secret: str, ref: str, at: datetime) -> Push:
    return stripe_push(secret, ref, at, is_live=False)


def stripe_push(secret: str, ref: str, at: datetime, *, is_live: bool, **thing: Any) -> Push:
    """An event of Stripe's in one of its two modes, about this thing."""
    told = {"id": ref, "object": "event", "type": thing.pop("kind", "customer.created"),
            "created": int(at.timestamp()), "livemode": is_live,
            "data": {"object": {"id": "cus_1", **thing}}}  # fmt: skip
    body = json.dumps(told).encode()
    stamp = int(at.timestamp())
    mark = _mark(secret.encode(), b"%d.%s" % (stamp, body))
    return {"stripe-signature": f"t={stamp},v1={mark}"}, body


def _gocardless(secret: str, ref: str, at: datetime) -> Push:
    row = {"id": ref, "resource_type": "payouts", "action": "paid", "links": {},
           "created_at": at.isoformat()}  # fmt: skip
    return gocardless_push(secret, [row])


def gocardless_push(secret: str, rows: list[Any]) -> Push:
    """A batch of events."""
    body = json.dumps({"events": rows}).encode()
    return {"webhook-signature": _mark(secret.encode(), body)}, body


def _btcpay(secret: str, ref: str, at: datetime) -> Push:
    told = {"deliveryId": ref, "type": "InvoiceCreated", "storeId": "shop",
            "timestamp": int(at.timestamp())}  # fmt: skip
    body = json.dumps(told).encode()
    return {"btcpay-sig": f"sha256={_mark(secret.encode(), body)}"}, body


def _adyen(secret: str, ref: str, at: datetime) -> Push:
    return adyen_push(secret, ref, at, live="false")


def adyen_push(secret: str, ref: str, at: datetime, *, live: str, **more: Any) -> Push:
    """A notification of one item."""
    item = {"pspReference": ref, "originalReference": "", "merchantAccountCode": "HarrowECOM",
            "merchantReference": "", "amount": {"value": 100, "currency": "EUR"},
            "eventCode": "REPORT_AVAILABLE", "success": "true",
            "eventDate": at.isoformat(), **more}  # fmt: skip
    amount = item["amount"]
    fields = [item[name] for name in ("pspReference", "originalReference", "merchantAccountCode",
                                      "merchantReference")]  # fmt: skip
    fields += [str(amount["value"]), amount["currency"], item["eventCode"], item["success"]]
    signed = ":".join(fields).encode(errors="replace")
    found = hmac.new(bytes.fromhex(secret), signed, hashlib.sha256).digest()
    signature = {"hmacSignature": base64.b64encode(found).decode()}
    row = {"NotificationRequestItem": item | {"additionalData": signature}}
    return {}, json.dumps({"live": live, "notificationItems": [row]}).encode()


def _sandbox(secret: str, ref: str, at: datetime) -> Push:
    told = {"id": ref, "type": "coupon.made", "created": at.isoformat(), "data": {"object": {}}}
    body, stamp = json.dumps(told).encode(), str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{ref}.{stamp}.".encode(errors="replace") + body
    mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    headers = {"webhook-id": ref, "webhook-timestamp": stamp, "webhook-signature": f"v1,{mark}"}
    return headers, body


_URL = {"url": "https://gateway.example"}
_OURS, _THEIRS = "whsec_" + "C" * 32, "whsec_" + "B" * 32

SIGNERS = (
    Signer("sandbox", _URL | {"publishable_key": "pk_1"},
           {"secret_key": "sk_1", "webhook_secret": _OURS},
           "webhook_secret", _THEIRS, "", _sandbox),
    Signer("stripe", {"publishable_key": "pk_test_1"},
           {"secret_key": "sk_test_1", "webhook_secret": "whsec_ours"},
           "webhook_secret", "whsec_other", "", _stripe),
    Signer("gocardless", {"environment": "sandbox"},
           {"access_token": "t", "webhook_secret": "ours"},
           "webhook_secret", "other", "", _gocardless),
    Signer("btcpay", _URL | {"store_id": "shop"}, {"api_key": "k", "webhook_secret": "ours"},
           "webhook_secret", "other", "", _btcpay),
    Signer("adyen", {"environment": "test", "merchant_account": "HarrowECOM"},
           {"api_key": "k", "hmac_key": "AB" * 32}, "hmac_key", "CD" * 32, "", _adyen),
)  # fmt: skip
