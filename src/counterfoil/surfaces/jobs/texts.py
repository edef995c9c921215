"""The job that sends a sign-in code as a text message."""

from procrastinate import RetryStrategy

from counterfoil.flows.people import texts
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.jobs.handlers import job

SOON = RetryStrategy(max_attempts=3, wait=5, retry_exceptions=[Unavailable])


@job("send_code_text", SOON)
def send_code_text(_business_id: BusinessId, sealed: str) -> None:
    """Sends it, within the life of its code or not at all."""
    texts.send_asked(sealed, at=clock.now())
