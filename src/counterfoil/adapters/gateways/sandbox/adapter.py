"""The sandbox gateway behind the port: a file for each capability, put together here."""

from typing import ClassVar

from counterfoil.adapters.gateways.sandbox.cancels import SandboxCancels
from counterfoil.adapters.gateways.sandbox.chargebacks import SandboxChargebacks
from counterfoil.adapters.gateways.sandbox.charges import SandboxCharges
from counterfoil.adapters.gateways.sandbox.events import SandboxEvents
from counterfoil.adapters.gateways.sandbox.listing import SandboxListing
from counterfoil.adapters.gateways.sandbox.mandates import SandboxMandates
from counterfoil.adapters.gateways.sandbox.methods import SandboxMethods
from counterfoil.adapters.gateways.sandbox.refunds import SandboxRefunds
from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.adapters.gateways.sandbox.shapes import PAGES
from counterfoil.adapters.gateways.sandbox.tokens import SandboxTokens
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability, Setting
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


class SandboxGateway(
    SandboxCharges,
    SandboxCancels,
    SandboxRefunds,
    SandboxMandates,
    SandboxTokens,
    SandboxMethods,
    SandboxChargebacks,
    SandboxListing,
    SandboxEvents,
):
    """Keeps no state: what it needs of an account comes with each call."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CHARGES,
            Capability.CANCELS,
            Capability.REFUNDS,
            Capability.MANDATES,
            Capability.TOKENS,
            Capability.METHODS,
            Capability.CHARGEBACKS,
            Capability.PAYOUTS,
            Capability.LISTING,
            Capability.EVENTS,
        }
    )
    methods: ClassVar[frozenset[MethodKind]] = frozenset(
        {MethodKind.CARD, MethodKind.WALLET, MethodKind.BANK_DEBIT, *PAGES}
    )
    account_settings: ClassVar[tuple[Setting, ...]] = (
        Setting("url"),
        Setting("publishable_key"),
        Setting("secret_key", is_secret=True),
        Setting("webhook_secret", is_secret=True),
        Setting("webhook_secret_old", is_secret=True, is_needed=False),
        Setting("wallets", is_needed=False),
        Setting("pages", is_needed=False),
    )

    def check(self, account: GatewayAccount) -> None:
        """Refuses (`AccountIncomplete`) an account that can't work; no network."""
        SandboxSettings.of(account)
