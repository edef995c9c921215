"""Staff sign somebody out everywhere at this business: a device was lost, or is in other hands."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.writing.people import one_of
from counterfoil.domain.identity import devices
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.infra.db import run
from counterfoil.kernel.ids import BusinessId


def member(business_id: BusinessId, user_id: UUID, *, by: UUID, at: datetime) -> int:
    """Ends every session of a member of staff; says how many. Refuses what `staffing.sign_out`
    refuses."""

    def work() -> int:
        count = staffing.sign_out(business_id, user_id, by=by)
        _note(business_id, f"user:{user_id}", count, at=at)
        return count

    return run(business_id, work)


def contact(business_id: BusinessId, customer_id: UUID, contact_id: UUID, *, at: datetime) -> int:
    """Ends every session that a person of a customer has at the portal; says how many. `NotFound`
    for who is none of theirs."""

    def work() -> int:
        one = one_of(customers.contacts(business_id, [customer_id]), contact_id)
        count = devices.end_sessions(business_id, one.email, "portal")
        _note(business_id, f"contact:{contact_id}", count, at=at, customer_id=customer_id)
        return count

    return run(business_id, work)


def _note(
    business_id: BusinessId,
    subject: str,
    count: int,
    *,
    at: datetime,
    customer_id: UUID | None = None,
) -> None:
    audit.note(
        business_id,
        NoteKind.SESSION_ENDED,
        subject=subject,
        customer_id=customer_id,
        facts={"count": str(count)},
        at=at,
    )
