"""The jobs of what happens to money afterwards: chargebacks, payouts, the daily comparison."""

from typing import Any

from counterfoil.flows.aftermath import answer_chargeback, compare_gateways, read_payouts
from counterfoil.flows.letters import send_changes
from counterfoil.flows.letters import send_chargeback as letters
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.surfaces.jobs.handlers import STUBBORN, job
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business


@job("send_chargeback", STUBBORN)
def send_chargeback(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes to staff where a chargeback stands."""
    chargeback_id = decode("dis", about["chargeback"])
    letters.send_chargeback(business_id, chargeback_id, at=clock.now())


@job("send_contested", STUBBORN)
def send_contested(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes to the customer what a chargeback means for them."""
    chargeback_id = decode("dis", about["chargeback"])
    send_changes.send_contested(business_id, chargeback_id, at=clock.now())


@job("send_refund_failed", STUBBORN)
def send_refund_failed(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that a refund did not arrive."""
    send_changes.send_refund_failed(business_id, decode("ref", about["refund"]), at=clock.now())


@job("send_invoice_voided", STUBBORN)
def send_invoice_voided(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that an invoice need not be paid, to who was asked to pay it."""
    send_changes.send_invoice_voided(business_id, decode("inv", about["invoice"]), at=clock.now())


@job("send_payment_moved", STUBBORN)
def send_payment_moved(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes what a payment pays now."""
    send_changes.send_payment_moved(business_id, decode("pay", about["payment"]), at=clock.now())


@by_the_clock("sweep_chargebacks", "*/10 * * * *")
def sweep_chargebacks() -> None:
    """Asks about answers that nobody has confirmed, and reminds of those that are due soon."""
    in_every_business(answer_chargeback.sweep, letters.remind)


@by_the_clock("read_payouts", "40 7,19 * * *")
def read_all_payouts() -> None:
    """Reads what gateways have sent to our banks, in every business."""
    in_every_business(read_payouts.read_all)


@by_the_clock("compare_gateways", "10 4 * * *")
def compare_every_gateway() -> None:
    """Compares each gateway's own list with the books, whatever became of the events."""
    in_every_business(compare_gateways.compare_all)
