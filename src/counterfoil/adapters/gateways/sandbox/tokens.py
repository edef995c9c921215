"""Asking the sandbox gateway what a token stands for."""

import json
from typing import Any
from urllib.parse import quote

from counterfoil.adapters.gateways.sandbox import client
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.kernel.ports.gateways.outcomes import MethodKind

_SCHEMES = {
    "sepa": DebitScheme.SEPA_CORE,
    "ach": DebitScheme.ACH,
    "bacs": DebitScheme.BACS,
}
_NOT_FOUND = 404
_UNREADABLE = "The gateway's answer can't be read."


class SandboxTokens:
    """The capability to say what a token stands for."""

    def scheme_of(self, account: GatewayAccount, token: str) -> DebitScheme | None:
        """Whose rules a debit of this token would follow; None for what is no bank account's."""
        try:
            body = _token(account, token)
            is_account = body is not None and body["kind"] == "bank_debit"
            return _SCHEMES[body["bank_debit"]["scheme"]] if is_account else None
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(_UNREADABLE) from error

    def kind_of(self, account: GatewayAccount, token: str) -> MethodKind | None:
        """By which method a charge of this token is paid; None for one that is not known."""
        try:
            body = _token(account, token)
            return MethodKind(body["kind"]) if body is not None else None
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(_UNREADABLE) from error


def _token(account: GatewayAccount, token: str) -> Any:
    """What the gateway shows of a token; None if it has none like this."""
    path = f"/v1/tokens/{quote(token, safe='')}"
    answer = client.get(SandboxSettings.of(account), path, {})
    if answer.status == _NOT_FOUND:
        return None
    if answer.status != client.OK:
        raise Unavailable(f"The gateway refused the look-up (HTTP {answer.status}).")
    return json.loads(answer.body)
