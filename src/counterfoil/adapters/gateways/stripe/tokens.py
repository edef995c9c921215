"""Asking Stripe what a token of the Payment Element, or a payment method, stands for."""

from collections.abc import Mapping
from typing import Any

from counterfoil.adapters.gateways.stripe import client
from counterfoil.adapters.gateways.stripe.client import Refusal
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.sources import CONFIRMATION_TOKEN, PAYMENT_METHOD
from counterfoil.adapters.gateways.stripe.words import SCHEMES, instrument_of
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.kernel.ports.gateways.outcomes import MethodKind

_NOT_FOUND = 404


class StripeTokens:
    """The capability to say what a token stands for."""

    def scheme_of(self, account: GatewayAccount, token: str) -> DebitScheme | None:
        """Whose rules a debit of this token would follow; None for what is no bank account's."""
        method = _method(account, token)
        return SCHEMES.get(str(method.get("type"))) if method else None

    def kind_of(self, account: GatewayAccount, token: str) -> MethodKind | None:
        """By which method a charge of this token is paid: a card that a wallet hands over is a
        wallet. None for one that is not known."""
        shown = instrument_of(_method(account, token))
        return MethodKind(shown.kind) if shown else None


def _method(account: GatewayAccount, token: str) -> Mapping[str, Any] | None:
    """What pays, as Stripe shows it; None for what it does not know."""
    settings = StripeSettings.of(account)
    try:
        if token.startswith(PAYMENT_METHOD):
            return client.call(settings, "payment_methods.retrieve", token)
        if token.startswith(CONFIRMATION_TOKEN):
            held = client.call(settings, "confirmation_tokens.retrieve", token)
            return held.get("payment_method_preview") or None
    except Refusal as refusal:
        if refusal.status == _NOT_FOUND:
            return None
        raise Unavailable(f"The gateway refused to be asked: {refusal}") from refusal
    except Uncertain as error:
        raise Unavailable("The gateway did not answer.") from error
    return None
