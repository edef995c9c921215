"""Answering chargebacks at the sandbox gateway."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from counterfoil.adapters.gateways.sandbox import afterwards, client
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.kernel.errors import Refused, Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold, Evidence

_DISPUTES = "/v1/disputes"


class SandboxChargebacks:
    """The capability to read and answer chargebacks."""

    def look_up_chargeback(self, account: GatewayAccount, gateway_ref: str) -> ChargebackTold:
        """Where it stands; anything but a readable dispute is `Unavailable`."""
        path = f"{_DISPUTES}/{quote(gateway_ref, safe='')}"
        answer = client.get(SandboxSettings.of(account), path, {})
        if answer.status != client.OK:
            raise Unavailable(f"The gateway refused the look-up (HTTP {answer.status}).")
        try:
            return afterwards.chargeback_of(json.loads(answer.body))
        except ValueError as error:
            raise Unavailable("The gateway's answer can't be read.") from error

    def send_evidence(
        self, account: GatewayAccount, gateway_ref: str, evidence: Evidence
    ) -> ChargebackTold:
        """Answers, once. This gateway takes the words, and of files what they are called."""
        files = [
            {"name": one.name, "type": one.media_type, "size": len(one.content)}
            for one in evidence.files
        ]
        body = {"text": evidence.text, "files": files}
        return self._call(account, gateway_ref, "evidence", body)

    def accept_chargeback(self, account: GatewayAccount, gateway_ref: str) -> ChargebackTold:
        """Gives it up."""
        return self._call(account, gateway_ref, "accept", {})

    def _call(
        self, account: GatewayAccount, gateway_ref: str, verb: str, body: Mapping[str, object]
    ) -> ChargebackTold:
        """A refusal (4xx) is `Refused` with the gateway's words; an unreadable answer leaves
        everything open."""
        path = f"{_DISPUTES}/{quote(gateway_ref, safe='')}/{verb}"
        key = f"{gateway_ref}:{verb}"
        answer = client.post(SandboxSettings.of(account), path, body, idempotency_key=key)
        try:
            said = json.loads(answer.body)
            if answer.status in client.DONE:
                return afterwards.chargeback_of(said)
            reason = f"The gateway refused: {said['error']['message']}"
        except (ValueError, KeyError, TypeError) as error:
            raise Uncertain("The gateway's answer can't be read.") from error
        raise Refused(reason, code="gateway_refused")
