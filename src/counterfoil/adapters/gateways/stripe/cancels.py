"""Stopping a charge at Stripe before it settles."""

from counterfoil.adapters.answers import Unreadable
from counterfoil.adapters.gateways.stripe import client, translate
from counterfoil.adapters.gateways.stripe.charges import look_up
from counterfoil.adapters.gateways.stripe.client import Refusal
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.kernel.errors import Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result


class StripeCancels:
    """The capability to stop a charge before it settles."""

    def cancel(self, account: GatewayAccount, reference: str, gateway_ref: str) -> Outcome:
        """CANCELLED if it was stopped; what is done already is told as it stands."""
        settings = StripeSettings.of(account)
        known = look_up(settings, reference, gateway_ref)
        if known.result in (Result.ABSENT, Result.CANCELLED, Result.SUCCEEDED):
            return known
        try:
            intent = client.call(settings, "payment_intents.cancel", known.gateway_ref)
            return translate.outcome_of(intent)
        except Refusal:
            return look_up(settings, reference, known.gateway_ref)
        except (Uncertain, Unreadable, KeyError):
            return Outcome(reference, Result.UNKNOWN, known.gateway_ref)
