"""The jobs of personal data: copies that were asked for, and what goes in time."""

from uuid import UUID

from counterfoil.flows.people.privacy import export, retain
from counterfoil.kernel import clock
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.jobs.handlers import STUBBORN, job
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business


@job("make_copy", STUBBORN)
def make_copy(business_id: BusinessId, copy_id: str) -> None:
    """Puts a copy of somebody's data together."""
    export.make(business_id, UUID(copy_id), at=clock.now())


@by_the_clock("let_go", "47 2 * * *")
def let_go() -> None:
    """Lets go what was kept for long enough, in every business and beside them."""
    retain.apply_everywhere(at=clock.now())
    in_every_business(retain.apply)
