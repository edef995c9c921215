"""Which sign-in an address leads to: its domain decides, nobody learns whether it is known."""

from uuid import UUID

from counterfoil.domain.identity import queries as people
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.sign_on import queries
from counterfoil.domain.identity.sign_on.rows import LedTo, Offered
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId


def led_to(business_id: BusinessId, email: str, *, for_staff: bool) -> LedTo | None:
    """The connection that people of this address's domain sign in through at this door."""
    with reading(business_id):
        return queries.led_to(business_id, email, for_staff=for_staff)


def offered(business_id: BusinessId, *, for_staff: bool) -> Offered:
    """What the sign-in page of this door offers."""
    with reading(business_id):
        return queries.offered(business_id, for_staff=for_staff)


def must_use(
    business_id: BusinessId, user_id: UUID, email: str, *, for_staff: bool
) -> LedTo | None:
    """The connection that this person has to sign in through, whatever else they can prove.

    Owners may always sign in without it: a provider that fails locks no business out.
    """
    with reading(business_id):
        found = queries.led_to(business_id, email, for_staff=for_staff)
        if found is None or not found.is_required:
            return None
        owners = [one.user_id for one in people.members(business_id) if one.role == Role.OWNER]
        return None if for_staff and user_id in owners else found
