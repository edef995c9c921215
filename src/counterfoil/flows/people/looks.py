"""A member of staff sees the portal as a customer does: told to those who look after the customer's
people by mail and on their first page, and on record."""

from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit import queries as trail
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.audit.rows import NoteRow
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import ContactRow, CustomerRow, PersonRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.insights import segments
from counterfoil.flows.people.telling import Looked, tell_of_look
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import FieldProblem, Refused
from counterfoil.kernel.ids import BusinessId, new_id

REASON_MAX = 200
NEWS_FOR = timedelta(days=7)
"""So long a look is told of on the customer's first page."""


class NobodyToSee(Refused):
    """No contact of the customer may sign in, so there is no portal to see."""

    code = "nobody_to_see"
    message = "Nobody of this customer may sign in, so there is no portal to see."


def begin(
    business_id: BusinessId,
    customer_id: UUID,
    reason: str,
    *,
    member: MemberRow,
    at: datetime,
) -> None:
    """Notes that somebody looks, and why, where the customer can read it, and mails it to those who
    look after the customer's people. Refuses (nothing noted): no reason, `NobodyToSee`;
    `NotFound` for no customer."""
    words = " ".join(reason.split())[:REASON_MAX]
    with reading(business_id):
        customer = customers.customer(business_id, customer_id)
        contacts = customers.contacts(business_id, [customer_id])
    if _person(customer, contacts) is None:
        raise NobodyToSee
    if not words:
        raise FieldProblem("reason", "Say why you look.", code="required")
    look_id, by = new_id(), member.name or member.email

    def work() -> None:
        audit.note(
            business_id,
            NoteKind.SEEN_AS_CUSTOMER,
            subject=f"look:{look_id}",
            customer_id=customer_id,
            facts={"by": by, "reason": words},
            at=at,
        )
        staff = Actor(ActorKind.STAFF, str(member.user_id), by)
        look = Looked(look_id, staff, words)
        tell_of_look(business_id, customer, contacts, look, at=at)

    run(business_id, work)


def seen_person(business_id: BusinessId, user_id: UUID, customer_id: UUID) -> PersonRow | None:
    """As whom a member sees the portal; None once they may not (any more). Inside `reading`."""
    member = identity.works_here(business_id, user_id)
    if member is None or Right.SEE_AS_CUSTOMER not in member.rights:
        return None
    if member.tags and not segments.sees(business_id, member.tags, {"customer": customer_id}):
        return None
    customer = customers.customer(business_id, customer_id)
    return _person(customer, customers.contacts(business_id, [customer_id]))


def _person(customer: CustomerRow, contacts: list[ContactRow]) -> PersonRow | None:
    """The contact who may do most, as the portal would know them."""
    able = sorted(
        (one for one in contacts if one.may_sign_in),
        key=lambda one: (-len(one.rights), one.id),
    )
    if not able:
        return None
    first = able[0]
    return PersonRow(
        contact_id=first.id,
        name=first.name,
        email=first.email,
        locale=first.locale or customer.locale,
        customer_id=customer.id,
        customer_name=customer.name,
        timezone=customer.timezone,
        currency=customer.currency,
        rights=first.rights,
    )


def looks_at(business_id: BusinessId, customer_id: UUID) -> list[NoteRow]:
    """Who of the business has looked, the latest first; inside `reading`."""
    return trail.notes(business_id, customer_id=customer_id, kinds=[NoteKind.SEEN_AS_CUSTOMER])
