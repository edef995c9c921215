"""Instruments that Stripe keeps: saved by a SetupIntent for charges while nobody is there."""

from counterfoil.adapters.answers import Unreadable
from counterfoil.adapters.gateways.stripe import client, translate
from counterfoil.adapters.gateways.stripe.client import Refusal
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.sources import new_customer, source_params
from counterfoil.kernel.errors import Refused, Uncertain
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.methods import SavedMethod

_GONE = {"resource_missing", "payment_method_unexpected_state"}


class NotKept(Refused):
    """The bank or the gateway does not let it be kept."""

    code = "method_not_kept"
    message = "This method can't be saved. No money was moved."


class StripeMethods:
    """The capability to save methods."""

    def save(
        self, account: GatewayAccount, *, source: str, customer: str, reference: str
    ) -> SavedMethod:
        """Keeps what a token stands for, once per reference (the idempotency key)."""
        settings = StripeSettings.of(account)
        try:
            params = {
                **source_params(settings, source),
                "customer": new_customer(settings, customer, reference),
                "confirm": True,
                "usage": "off_session",
                "payment_method_types": ["card"],
                "metadata": {translate.REFERENCE: reference, "customer": customer},
                "expand": ["payment_method"],
            }
            setup = client.call(settings, "setup_intents.create", params=params, key=reference)
        except Refusal as refusal:
            raise NotKept(f"{NotKept.message} ({refusal})") from refusal
        if setup.get("status") != "succeeded":
            raise NotKept(
                "The bank wants to confirm this card: save it while you pay with it. "
                "No money was moved."
            )
        try:
            method = dict(setup["payment_method"])
            return translate.saved_of(method | {"customer": translate.id_of(setup.get("customer"))})
        except (Unreadable, KeyError, TypeError, ValueError) as error:
            raise Uncertain from error

    def remove(self, account: GatewayAccount, gateway_ref: str) -> None:
        """Takes it off its customer; one that is off already, or unknown, is fine."""
        settings = StripeSettings.of(account)
        try:
            client.call(settings, "payment_methods.detach", gateway_ref)
        except Refusal as refusal:
            if refusal.error.get("code") not in _GONE and not _is_loose(refusal):
                raise Uncertain(f"The gateway refused to forget it: {refusal}") from refusal


def _is_loose(refusal: Refusal) -> bool:
    """Stripe answers a second detachment with words alone."""
    return "not attached" in str(refusal)
