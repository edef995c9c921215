"""Webhooks: what goes over the wire, signed by Standard Webhooks, or forged if a plan says so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from standardwebhooks import Webhook

from counterfoil_sandbox.ids import Ids
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.resources.traffic.events import Delivery, to_json

FORGED = "forged"
WRONG_AMOUNT = "wrong_amount"


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    """One request to the account's webhook address, ready to be sent."""

    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    delivery: Delivery = field(repr=False)
    is_forged: bool = False


def sign(account: Account, delivery: Delivery, at: datetime) -> SignedWebhook:
    """The webhook of a delivery.

    The first try of a forged one is signed by somebody else. One with a wrong amount is signed
    as it should be, and says one minor unit more than the event that is listed.
    """
    is_forged = delivery.twist == FORGED and delivery.attempts == 0
    secret = Ids().webhook_secret() if is_forged else account.webhook_secret
    text = _more(delivery.body) if delivery.twist == WRONG_AMOUNT else delivery.body
    headers = {
        "content-type": "application/json",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery.event_id, at, text),
    }
    return SignedWebhook(account.webhook_url, headers, text.encode(), delivery, is_forged)


def _more(body: str) -> str:
    event = json.loads(body)
    subject = event["data"]["object"]
    if "amount" in subject:
        subject["amount"] += 1
    return to_json(event)
