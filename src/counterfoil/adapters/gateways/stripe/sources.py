"""What a charge is made with: a token of the Payment Element, a kept method, or a mandate."""

from collections.abc import Mapping
from typing import Any

from counterfoil.adapters.gateways.stripe import client
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.translate import id_of

CONFIRMATION_TOKEN = "ctoken_"  # noqa: S105  how its ids begin
PAYMENT_METHOD = "pm_"


def source_params(settings: StripeSettings, source: str, mandate: str = "") -> Mapping[str, Any]:
    """The parameters that name a source. A kept method is charged as its customer's; a mandate
    knows its method by itself.

    Only reads: `Unavailable` if Stripe can't be asked, `Refusal` if it has no such thing.
    """
    if mandate and not source.startswith(PAYMENT_METHOD):
        source = id_of(client.call(settings, "mandates.retrieve", mandate).get("payment_method"))
    if source.startswith(CONFIRMATION_TOKEN):
        return {"confirmation_token": source}
    params: dict[str, Any] = {"payment_method": source}
    customer = customer_of(settings, source)
    return params | {"customer": customer} if customer else params


def customer_of(settings: StripeSettings, method: str) -> str:
    """Stripe's customer that keeps a method, or empty."""
    return id_of(client.call(settings, "payment_methods.retrieve", method).get("customer"))


def new_customer(settings: StripeSettings, customer: str, reference: str) -> str:
    """A customer at Stripe that keeps one instrument, made once per reference."""
    made = client.call(
        settings,
        "customers.create",
        params={"metadata": {"customer": customer}},
        key=f"{reference}-customer",
    )
    return id_of(made)
