"""The jobs around saved methods."""

from typing import Any
from uuid import UUID

from counterfoil.flows.letters.send_step import send_step as write_step
from counterfoil.flows.methods import tell_expiry
from counterfoil.flows.methods.forget_method import forget
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.surfaces.jobs.handlers import STUBBORN, job
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business


@job("send_step", STUBBORN)
def send_step(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that a payment waits for its payer at their bank."""
    write_step(business_id, decode("pay", about["payment"]), at=clock.now())


@job("forget_method", STUBBORN)
def forget_method(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Has the gateway forget a method that was removed."""
    forget(business_id, decode("pm", about["payment_method"]))


@job("forget_replaced_method", STUBBORN)
def forget_replaced_method(business_id: BusinessId, method_id: str, gateway_ref: str) -> None:
    """Has the gateway forget what the same card, saved again, has replaced."""
    forget(business_id, UUID(method_id), gateway_ref=gateway_ref)


@by_the_clock("tell_expiries", "23 6 * * *")
def tell_expiries() -> None:
    """Tells the owners of cards that end soon, in every business."""
    in_every_business(tell_expiry.tell)
