"""The jobs around planned payments."""

from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app

from counterfoil.domain.business import queries as businesses
from counterfoil.flows.arrangements import run_schedules
from counterfoil.flows.letters.send_schedule import send_ended
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.surfaces.jobs.handlers import STUBBORN, job


@app.periodic(cron="*/5 * * * *")
@app.task(name="run_schedules", queueing_lock="run_schedules", pass_context=False)
def run_due(timestamp: int) -> None:
    """Tells of tomorrow's planned payments and charges today's, in every business."""
    close_old_connections()
    for business in businesses.every():
        run_schedules.tick(business.id, at=clock.now())
    close_old_connections()


@job("send_schedule_ended", STUBBORN)
def send_schedule_ended(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that a plan ended without a charge."""
    send_ended(business_id, decode("sch", about["scheduled_payment"]), at=clock.now())
