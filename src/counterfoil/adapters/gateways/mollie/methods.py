"""Kept methods: Mollie keeps one when it is first paid with, and forgets it."""

from counterfoil.adapters.gateways.mollie import client
from counterfoil.adapters.gateways.mollie.settings import MollieSettings
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.methods import SavedMethod


class KeptByPaying(Refused):
    """Mollie keeps no method that has not paid."""

    code = "kept_by_paying"
    message = "This gateway keeps a method when it is paid with: choose so on your next payment."


class MollieMethods:
    """The capability to keep methods; a method's `gateway_ref` is `customer/mandate`."""

    def save(
        self, account: GatewayAccount, *, source: str, customer: str, reference: str
    ) -> SavedMethod:
        """Always refused (`KeptByPaying`): a charge with `save` keeps what pays it."""
        raise KeptByPaying

    def remove(self, account: GatewayAccount, gateway_ref: str) -> None:
        """Revokes the mandate that it rests on; one that is gone already is fine."""
        customer, _, mandate = gateway_ref.partition("/")
        client.delete(MollieSettings.of(account), f"/customers/{customer}/mandates/{mandate}")
