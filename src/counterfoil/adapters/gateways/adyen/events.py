"""What Adyen pushes: notifications of signed items, which tell the end of everything."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.adyen import translate
from counterfoil.adapters.gateways.adyen.charges import AdyenCharges
from counterfoil.adapters.gateways.adyen.settings import AdyenSettings
from counterfoil.adapters.gateways.adyen.signatures import verify
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.events import Fact, GatewayEvent, Mention, SignatureInvalid

_ITEMS_MAX = 100


class AdyenEvents:
    """The capabilities to push events, and to say what is behind those that only mention."""

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The items of a notification, each signed by itself; one bad item refuses them all.

        Adyen signs no time and numbers nothing: an item that comes again is told by its code, its
        payment's id and its success. Raises `SignatureInvalid`.
        """
        settings = AdyenSettings.of(account)
        for item in _items(body):
            verify(settings.hmac_keys, item)
        return self.events_in(account, body=body, at=at)

    def events_in(
        self, account: GatewayAccount, *, body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The items of a notification that was verified when it came."""
        settings = AdyenSettings.of(account)
        try:
            events = tuple(_event(settings, item) for item in _items(body))
            is_live = json.loads(body).get("live")
        except SignatureInvalid:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SignatureInvalid("the webhook is no notification of this gateway") from error
        if _is_of_another_mode(account, is_live):
            doubt = "a test notification at a live account, or the reverse"
            return tuple(replace(one, facts=(), doubt=doubt) for one in events)
        return events

    def ask(self, account: GatewayAccount, mention: Mention) -> tuple[Fact, ...]:
        """The link as it stands, after a try that came to nothing."""
        return (AdyenCharges().look_up(account, mention.reference, mention.gateway_ref),)


def _is_of_another_mode(account: GatewayAccount, is_live: object) -> bool:
    """Whether a test told of itself where money is real, or the reverse."""
    said = {"true": "live", "false": "test"}.get(str(is_live).lower())
    ours = account.settings.get("environment")
    return bool(said and ours) and said != ours


def _items(body: bytes) -> list[Any]:
    try:
        rows = json.loads(body)["notificationItems"]
        if not isinstance(rows, list) or not 0 < len(rows) <= _ITEMS_MAX:
            raise answers.Unreadable("not a list of items")
        return [row["NotificationRequestItem"] for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureInvalid("the webhook is no notification of this gateway") from error


def _event(settings: AdyenSettings, item: Any) -> GatewayEvent:
    if item["merchantAccountCode"] != settings.merchant_account:
        raise SignatureInvalid("the webhook is of another merchant account")
    code = answers.text(item["eventCode"])
    return GatewayEvent(
        ref=f"{code}:{answers.text(item['pspReference'])}:{item['success']}",
        kind=code,
        occurred_at=answers.moment(item["eventDate"]),
        facts=translate.facts_of(item),
    )
