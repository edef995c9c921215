"""Asking the sandbox gateway what a token stands for."""

import json
from urllib.parse import quote

from counterfoil.adapters.gateways.sandbox import client
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.mandates import DebitScheme

_SCHEMES = {
    "sepa": DebitScheme.SEPA_CORE,
    "ach": DebitScheme.ACH,
    "bacs": DebitScheme.BACS,
}
_NOT_FOUND = 404


class SandboxTokens:
    """The capability to say what a token stands for."""

    def scheme_of(self, account: GatewayAccount, token: str) -> DebitScheme | None:
        """Whose rules a debit of this token would follow; None for what is no bank account's."""
        path = f"/v1/tokens/{quote(token, safe='')}"
        answer = client.get(SandboxSettings.of(account), path, {})
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != client.OK:
            raise Unavailable(f"The gateway refused the look-up (HTTP {answer.status}).")
        try:
            body = json.loads(answer.body)
            is_account = body["kind"] == "bank_debit"
            return _SCHEMES[body["bank_debit"]["scheme"]] if is_account else None
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable("The gateway's answer can't be read.") from error
