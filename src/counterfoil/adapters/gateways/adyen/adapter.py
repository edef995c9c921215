"""Adyen behind the port: a file for each capability, put together here."""

from typing import ClassVar

from counterfoil.adapters.gateways.adyen.charges import AdyenCharges
from counterfoil.adapters.gateways.adyen.events import AdyenEvents
from counterfoil.adapters.gateways.adyen.refunds import AdyenRefunds
from counterfoil.adapters.gateways.adyen.settings import AdyenSettings
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability, Setting
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


class AdyenGateway(AdyenCharges, AdyenRefunds, AdyenEvents):
    """Keeps no state: what it needs of an account comes with each call."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CHARGES,
            Capability.CANCELS,
            Capability.EVENTS,
            Capability.MENTIONS,
            Capability.REFUNDS,
        }
    )
    methods: ClassVar[frozenset[MethodKind]] = frozenset(
        {MethodKind.CARD, MethodKind.WALLET, MethodKind.BANK_REDIRECT}
    )
    account_settings: ClassVar[tuple[Setting, ...]] = (
        Setting("environment", choices=("test", "live")),
        Setting("prefix", is_needed=False),
        Setting("merchant_account"),
        Setting("api_key", is_secret=True),
        Setting("hmac_key", is_secret=True),
        Setting("hmac_key_old", is_secret=True, is_needed=False),
    )

    def check(self, account: GatewayAccount) -> None:
        """Refuses (`AccountIncomplete`) an account that can't work; no network."""
        AdyenSettings.of(account)
