"""What BTCPay pushes: one signed event that says which invoice, not what became of it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.btcpay import translate
from counterfoil.adapters.gateways.btcpay.charges import BtcPayCharges
from counterfoil.adapters.gateways.btcpay.settings import BtcPaySettings
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.events import Fact, GatewayEvent, Mention, SignatureInvalid


class BtcPayEvents:
    """The capabilities to push events, and to say what is behind those that only mention."""

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The one event of a push. One that is delivered again has the id of its first delivery;
        BTCPay signs no time. Raises `SignatureInvalid`."""
        _verify(BtcPaySettings.of(account).webhook_secrets, headers, body)
        return self.events_in(account, body=body, at=at)

    def events_in(
        self, account: GatewayAccount, *, body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The event of a push that was verified when it came."""
        settings = BtcPaySettings.of(account)
        try:
            return (_event(settings, json.loads(body)),)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise SignatureInvalid("the webhook is not an event of this gateway") from error

    def ask(self, account: GatewayAccount, mention: Mention) -> tuple[Fact, ...]:
        """The invoice as it stands."""
        return (BtcPayCharges().look_up(account, mention.reference, mention.gateway_ref),)


def _verify(secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes) -> None:
    """Any of `secrets` will do, so that one can be replaced while webhooks are under way."""
    known = {name.lower(): value for name, value in headers.items()}
    given = known.get("btcpay-sig", "").encode()
    right = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(b"sha256=" + one.encode(), given) for one in right):
        raise SignatureInvalid("the webhook's signature does not match")


def _event(settings: BtcPaySettings, row: Any) -> GatewayEvent:
    kind = answers.text(row["type"])
    invoice = row.get("invoiceId")
    if row.get("storeId") != settings.store_id:
        raise answers.Unreadable("an event of another store")
    return GatewayEvent(
        ref=answers.text(row.get("originalDeliveryId") or row["deliveryId"]),
        kind=kind,
        occurred_at=answers.unix_moment(row["timestamp"]),
        facts=(Mention(answers.text(invoice), translate.reference_of(row)),) if invoice else (),
    )
