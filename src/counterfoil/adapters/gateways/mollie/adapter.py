"""Mollie behind the port: a file for each capability, put together here."""

from typing import ClassVar

from counterfoil.adapters.gateways.mollie.charges import MollieCharges
from counterfoil.adapters.gateways.mollie.events import MollieEvents
from counterfoil.adapters.gateways.mollie.listing import MollieListing
from counterfoil.adapters.gateways.mollie.methods import MollieMethods
from counterfoil.adapters.gateways.mollie.payouts import MolliePayouts
from counterfoil.adapters.gateways.mollie.refunds import MollieRefunds
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability, Setting
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


class MollieGateway(
    MollieCharges, MollieRefunds, MollieMethods, MolliePayouts, MollieListing, MollieEvents
):
    """Keeps no state: what it needs of an account comes with each call."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CHARGES,
            Capability.CANCELS,
            Capability.EVENTS,
            Capability.MENTIONS,
            Capability.REFUNDS,
            Capability.METHODS,
            Capability.PAYOUTS,
            Capability.LISTING,
        }
    )
    methods: ClassVar[frozenset[MethodKind]] = frozenset(
        {MethodKind.CARD, MethodKind.BANK_REDIRECT}
    )
    account_settings: ClassVar[tuple[Setting, ...]] = (
        Setting("webhook_url"),
        Setting("api_key", is_secret=True),
        Setting("settlements_token", is_secret=True, is_needed=False),
    )

    def check(self, account: GatewayAccount) -> None:
        """Refuses (`AccountIncomplete`) an account that can't work; no network."""
        MollieSettings.of(account)
