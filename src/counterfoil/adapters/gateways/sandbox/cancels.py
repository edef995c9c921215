"""Stopping charges at the sandbox gateway before they settle."""

import json
from urllib.parse import quote

from counterfoil.adapters.gateways.sandbox import client, translate
from counterfoil.adapters.gateways.sandbox.charges import CHARGES
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.kernel.errors import Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result


class SandboxCancels:
    """The capability to stop a charge."""

    def cancel(self, account: GatewayAccount, reference: str, gateway_ref: str) -> Outcome:
        """CANCELLED if it was stopped; a refusal (it is too late) is where the charge stands.

        A late, cut, unreadable or 5xx answer is UNKNOWN; `Unavailable` only if nothing was sent.
        """
        settings = SandboxSettings.of(account)
        path = f"{CHARGES}/{quote(gateway_ref, safe='')}"
        unknown = Outcome(reference, Result.UNKNOWN, gateway_ref)
        try:
            answer = client.post(
                settings, f"{path}/cancel", {}, idempotency_key=f"{reference}:cancel"
            )
            if answer.status not in client.DONE:
                answer = client.get(settings, path, {})
            outcome = translate.outcome_of(json.loads(answer.body))
        except (Uncertain, ValueError):
            return unknown
        return outcome if outcome.reference == reference else unknown
