"""What the sandbox gateway pushes: verified, and read."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from counterfoil.adapters.gateways.sandbox import afterwards, translate
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.adapters.gateways.sandbox.signatures import verify
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.events import GatewayEvent, SignatureInvalid


class SandboxEvents:
    """The capability to push events."""

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The one event of a webhook that the gateway signed; raises `SignatureInvalid`.

        `at` is when the webhook arrived. A signed body that is no event is refused the same way,
        so that the gateway sends it again and a person can see it.
        """
        message_id = verify(SandboxSettings.of(account).webhook_secrets, headers, body, at=at)
        events = self.events_in(account, body=body, at=at)
        if events[0].ref != message_id:
            raise SignatureInvalid("the webhook's id is not its event's id")
        return events

    def events_in(
        self, account: GatewayAccount, *, body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The event of a webhook that was verified when it came."""
        try:
            said = json.loads(body)
            event = translate.event_of(said)
            data = said["data"]
            told = data.get("object") if isinstance(data, dict) else None
            found = afterwards.facts_of(event.kind, told)
            return (replace(event, facts=event.facts + found),)
        except (ValueError, RecursionError) as error:  # the latter: nested ten thousand deep
            raise SignatureInvalid("the webhook is not an event of this gateway") from error
