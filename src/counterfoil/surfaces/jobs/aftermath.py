"""The jobs of what happens to money afterwards: chargebacks, payouts, the daily comparison."""

from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app

from counterfoil.domain.business import queries as businesses
from counterfoil.flows.aftermath import answer_chargeback, compare_gateways, read_payouts
from counterfoil.flows.letters import send_chargeback as letters
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.surfaces.jobs.handlers import STUBBORN, job


@job("send_chargeback", STUBBORN)
def send_chargeback(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes to staff where a chargeback stands."""
    chargeback_id = decode("dis", about["chargeback"])
    letters.send_chargeback(business_id, chargeback_id, at=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="sweep_chargebacks", queueing_lock="sweep_chargebacks", pass_context=False)
def sweep_chargebacks(timestamp: int) -> None:
    """Asks about answers that nobody has confirmed, and reminds of those that are due soon."""
    close_old_connections()
    for business in businesses.every():
        answer_chargeback.sweep(business.id, at=clock.now())
        letters.remind(business.id, at=clock.now())
    close_old_connections()


@app.periodic(cron="40 7,19 * * *")
@app.task(name="read_payouts", queueing_lock="read_payouts", pass_context=False)
def read_all_payouts(timestamp: int) -> None:
    """Reads what gateways have sent to our banks, in every business."""
    close_old_connections()
    for business in businesses.every():
        read_payouts.read_all(business.id, at=clock.now())
    close_old_connections()


@app.periodic(cron="10 4 * * *")
@app.task(name="compare_gateways", queueing_lock="compare_gateways", pass_context=False)
def compare_every_gateway(timestamp: int) -> None:
    """Compares each gateway's own list with the books, whatever became of the events."""
    close_old_connections()
    for business in businesses.every():
        compare_gateways.compare_all(business.id, at=clock.now())
    close_old_connections()
