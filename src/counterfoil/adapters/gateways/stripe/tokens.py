"""Asking Stripe what a token of the Payment Element, or a payment method, stands for."""

from counterfoil.adapters.gateways.stripe import client
from counterfoil.adapters.gateways.stripe.client import Refusal
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.sources import CONFIRMATION_TOKEN, PAYMENT_METHOD
from counterfoil.adapters.gateways.stripe.words import SCHEMES
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.mandates import DebitScheme

_NOT_FOUND = 404


class StripeTokens:
    """The capability to say what a token stands for."""

    def scheme_of(self, account: GatewayAccount, token: str) -> DebitScheme | None:
        """Whose rules a debit of this token would follow; None for what is no bank account's."""
        settings = StripeSettings.of(account)
        try:
            if token.startswith(PAYMENT_METHOD):
                method = client.call(settings, "payment_methods.retrieve", token)
            elif token.startswith(CONFIRMATION_TOKEN):
                held = client.call(settings, "confirmation_tokens.retrieve", token)
                method = held.get("payment_method_preview") or {}
            else:
                return None
        except Refusal as refusal:
            if refusal.status == _NOT_FOUND:
                return None
            raise Unavailable(f"The gateway refused to be asked: {refusal}") from refusal
        except Uncertain as error:
            raise Unavailable("The gateway did not answer.") from error
        return SCHEMES.get(str(method.get("type")))
