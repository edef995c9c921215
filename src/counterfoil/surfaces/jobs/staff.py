"""The jobs about staff: invitations, and what waits for the word of a second person."""

from uuid import UUID

from counterfoil.flows.aftermath.approvals import deciding
from counterfoil.flows.letters import send_staff
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.jobs.handlers import POSTAL, job
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business


@job("send_joining", POSTAL)
def send_joining(business_id: BusinessId, invitation_id: str) -> None:
    """Mails the link of an invitation to work here."""
    send_staff.send_joining(business_id, UUID(invitation_id), at=clock.now())


@job("send_approval", POSTAL)
def send_approval(business_id: BusinessId, approval_id: str) -> None:
    """Tells staff of what waits for a second person, or what became of it."""
    send_staff.send_approval(business_id, UUID(approval_id), at=clock.now())


@by_the_clock("sweep_approvals", "*/5 * * * *")
def sweep_approvals() -> None:
    """Ends what nobody decided in time, and carries out what was approved and then left."""
    in_every_business(deciding.sweep)
