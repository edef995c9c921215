"""Saved methods at the sandbox gateway: kept once per reference, and forgotten."""

import json
from urllib.parse import quote

from counterfoil.adapters.gateways.sandbox import client
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.adapters.gateways.sandbox.shapes import method_of, refused
from counterfoil.kernel.errors import Refused, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.methods import SavedMethod

_METHODS = "/v1/methods"
_LOST = "The gateway's answer is lost. Nothing was charged."


class SandboxMethods:
    """The capability to save methods."""

    def save(
        self, account: GatewayAccount, *, source: str, customer: str, reference: str
    ) -> SavedMethod:
        """Keeps what a token stands for, once per reference, which is the idempotency key too."""
        answer = client.post(
            SandboxSettings.of(account),
            _METHODS,
            {"token": source, "customer": customer},
            idempotency_key=reference,
        )
        try:
            body = json.loads(answer.body)
            if answer.status in client.DONE:
                return method_of(body)
            code, message = refused(body)
        except ValueError as error:
            raise Uncertain(_LOST) from error
        if answer.status == client.CONFLICT:
            raise Uncertain(_LOST)
        raise Refused(message, code=code)

    def remove(self, account: GatewayAccount, gateway_ref: str) -> None:
        """Forgets it; one that is gone already is fine."""
        answer = client.delete(
            SandboxSettings.of(account), f"{_METHODS}/{quote(gateway_ref, safe='')}"
        )
        if answer.status not in (client.OK, client.NOT_FOUND):
            raise Uncertain(f"The gateway did not forget it (HTTP {answer.status}).")
