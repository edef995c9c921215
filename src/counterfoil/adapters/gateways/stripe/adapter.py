"""Stripe behind the port: a file for each capability, put together here."""

from typing import ClassVar

from counterfoil.adapters.gateways.stripe.cancels import StripeCancels
from counterfoil.adapters.gateways.stripe.chargebacks import StripeChargebacks
from counterfoil.adapters.gateways.stripe.charges import StripeCharges
from counterfoil.adapters.gateways.stripe.events import StripeEvents
from counterfoil.adapters.gateways.stripe.listing import StripeListing
from counterfoil.adapters.gateways.stripe.mandates import StripeMandates
from counterfoil.adapters.gateways.stripe.methods import StripeMethods
from counterfoil.adapters.gateways.stripe.payouts import StripePayouts
from counterfoil.adapters.gateways.stripe.refunds import StripeRefunds
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.tokens import StripeTokens
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability, Setting
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


class StripeGateway(
    StripeCharges,
    StripeCancels,
    StripeRefunds,
    StripeEvents,
    StripeMandates,
    StripeTokens,
    StripeMethods,
    StripeChargebacks,
    StripePayouts,
    StripeListing,
):
    """Keeps no state: what it needs of an account comes with each call."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CHARGES,
            Capability.CANCELS,
            Capability.REFUNDS,
            Capability.EVENTS,
            Capability.MANDATES,
            Capability.TOKENS,
            Capability.METHODS,
            Capability.CHARGEBACKS,
            Capability.PAYOUTS,
            Capability.LISTING,
        }
    )
    methods: ClassVar[frozenset[MethodKind]] = frozenset(
        {MethodKind.CARD, MethodKind.WALLET, MethodKind.BANK_DEBIT}
    )
    account_settings: ClassVar[tuple[Setting, ...]] = (
        Setting("publishable_key"),
        Setting("secret_key", is_secret=True),
        Setting("webhook_secret", is_secret=True),
        Setting("webhook_secret_old", is_secret=True, is_needed=False),
        Setting("wallets", is_needed=False),
    )

    def check(self, account: GatewayAccount) -> None:
        """Refuses (`AccountIncomplete`) an account that can't work; no network."""
        StripeSettings.of(account)
