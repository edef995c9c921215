"""GoCardless behind the port: a file for each capability, put together here."""

from typing import ClassVar

from counterfoil.adapters.gateways.gocardless.charges import GoCardlessCharges
from counterfoil.adapters.gateways.gocardless.events import GoCardlessEvents
from counterfoil.adapters.gateways.gocardless.listing import GoCardlessListing
from counterfoil.adapters.gateways.gocardless.mandates import GoCardlessMandates
from counterfoil.adapters.gateways.gocardless.payouts import GoCardlessPayouts
from counterfoil.adapters.gateways.gocardless.refunds import GoCardlessRefunds
from counterfoil.adapters.gateways.gocardless.settings import GoCardlessSettings
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability, Setting
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


class GoCardlessGateway(
    GoCardlessCharges,
    GoCardlessRefunds,
    GoCardlessMandates,
    GoCardlessPayouts,
    GoCardlessListing,
    GoCardlessEvents,
):
    """Keeps no state: what it needs of an account comes with each call."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CHARGES,
            Capability.CANCELS,
            Capability.EVENTS,
            Capability.MENTIONS,
            Capability.REFUNDS,
            Capability.MANDATES,
            Capability.PAYOUTS,
            Capability.LISTING,
        }
    )
    methods: ClassVar[frozenset[MethodKind]] = frozenset({MethodKind.BANK_DEBIT})
    account_settings: ClassVar[tuple[Setting, ...]] = (
        Setting("environment", choices=("sandbox", "live")),
        Setting("access_token", is_secret=True),
        Setting("webhook_secret", is_secret=True),
        Setting("webhook_secret_old", is_secret=True, is_needed=False),
    )

    def check(self, account: GatewayAccount) -> None:
        """Refuses (`AccountIncomplete`) an account that can't work; no network."""
        GoCardlessSettings.of(account)
