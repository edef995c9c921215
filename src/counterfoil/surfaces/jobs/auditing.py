"""The jobs of the trail."""

from counterfoil.flows.auditing import seal_trail, send_seals
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business


@by_the_clock("seal_trail", "*/5 * * * *")
def seal_every_trail() -> None:
    """Seals what was written since the last time, in every business."""
    in_every_business(seal_trail.seal)


@by_the_clock("send_seals", "47 5 * * *")
def send_every_seal() -> None:
    """Mails what was sealed since the last mail to those who may read it, in every business."""
    in_every_business(send_seals.send_daily)
