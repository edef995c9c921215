"""BTCPay Server behind the port: a file for each capability, put together here."""

from typing import ClassVar

from counterfoil.adapters.gateways.btcpay.charges import BtcPayCharges
from counterfoil.adapters.gateways.btcpay.events import BtcPayEvents
from counterfoil.adapters.gateways.btcpay.listing import BtcPayListing
from counterfoil.adapters.gateways.btcpay.refunds import BtcPayRefunds
from counterfoil.adapters.gateways.btcpay.settings import BtcPaySettings
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability, Setting
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


class BtcPayGateway(BtcPayCharges, BtcPayRefunds, BtcPayListing, BtcPayEvents):
    """Keeps no state: what it needs of an account comes with each call."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CHARGES,
            Capability.REFUNDS,
            Capability.EVENTS,
            Capability.MENTIONS,
            Capability.LISTING,
        }
    )
    methods: ClassVar[frozenset[MethodKind]] = frozenset({MethodKind.DIGITAL_CURRENCY})
    account_settings: ClassVar[tuple[Setting, ...]] = (
        Setting("url"),
        Setting("store_id"),
        Setting("api_key", is_secret=True),
        Setting("webhook_secret", is_secret=True),
        Setting("webhook_secret_old", is_secret=True, is_needed=False),
    )

    def check(self, account: GatewayAccount) -> None:
        """Refuses (`AccountIncomplete`) an account that can't work; no network."""
        BtcPaySettings.of(account)
