"""The jobs around planned payments."""

from typing import Any

from counterfoil.flows.arrangements import run_schedules
from counterfoil.flows.letters.send_schedule import send_ended
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.surfaces.jobs.handlers import STUBBORN, job
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business


@by_the_clock("run_schedules", "*/5 * * * *")
def run_due() -> None:
    """Tells of tomorrow's planned payments and charges today's, in every business."""
    in_every_business(run_schedules.tick)


@job("send_schedule_ended", STUBBORN)
def send_schedule_ended(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that a plan ended without a charge."""
    send_ended(business_id, decode("sch", about["scheduled_payment"]), at=clock.now())
