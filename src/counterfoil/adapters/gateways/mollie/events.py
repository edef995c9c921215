"""What Mollie pushes: the id of a payment, unsigned; whoever sent it, the payment is asked for."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.mollie import client, translate
from counterfoil.adapters.gateways.mollie.charges import EMBED, with_saved
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.events import Fact, GatewayEvent, Mention, SignatureInvalid

_BODY_LENGTH = 200
_PAYMENT = re.compile(r"tr_[A-Za-z0-9]{4,60}")


class MollieEvents:
    """The capabilities to push events, and to say what is behind those that only mention."""

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The mention that a push is: there is nothing to verify."""
        return self.events_in(account, body=body, at=at)

    def events_in(
        self, account: GatewayAccount, *, body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """Mollie pushes the same id for every change, so an event is told from another by when it
        arrived. What names no payment is refused."""
        try:
            named = parse_qs(body.decode("ascii")) if len(body) <= _BODY_LENGTH else {}
        except ValueError:
            named = {}
        [found, *_] = named.get("id") or [""]
        if not _PAYMENT.fullmatch(found):
            raise SignatureInvalid("the webhook names no payment")
        ref = f"{found}@{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}"
        return (GatewayEvent(ref, "payment", at, (Mention(found),)),)

    def ask(self, account: GatewayAccount, mention: Mention) -> tuple[Fact, ...]:
        """The payment as it stands, its refunds and its chargebacks; nothing for an id that Mollie
        itself does not know, since anybody could have sent it."""
        settings = MollieSettings.of(account)
        payment = client.find(settings, f"/payments/{mention.gateway_ref}", EMBED)
        if payment is None:
            return ()
        try:
            return (with_saved(settings, payment), *translate.facts_of(payment))
        except (answers.Unreadable, AttributeError) as error:
            raise Unavailable("The gateway's answer can't be read.") from error
