"""The writer of what contacts may do: changed, removed, and never without one who lets others in.

Whoever changes the people of a customer holds the customer's row: two who act at the same moment
act one after the other, so the last one who may let others in can't go unnoticed.
"""

import json
from collections.abc import Iterable
from uuid import UUID

from counterfoil.domain.customers import queries
from counterfoil.domain.customers.models import Contact, Customer
from counterfoil.domain.customers.rights import (
    ContactRight,
    Rights,
    givable,
    kept,
    may_give,
    read,
)
from counterfoil.domain.customers.rows import ContactChange, ContactRow
from counterfoil.domain.identity.roles import Right
from counterfoil.infra.db import execute, operation
from counterfoil.kernel.errors import Conflict, Forbidden, NotFound, Refused
from counterfoil.kernel.ids import BusinessId


class LastManager(Conflict):
    """Nobody would be left who may let others in."""

    code = "last_manager"
    message = "Somebody has to look after people. Give another person that right first."


class RightNotYours(Forbidden):
    """Somebody wants to give, or take from somebody, what they do not have themselves."""

    code = "right_not_yours"
    message = "Nobody can give rights that they do not have themselves."


class NothingAllowed(Refused):
    """A contact without any right would be no contact."""

    code = "no_rights"
    message = "Choose what this person may do."


@operation
def hold(business_id: BusinessId, customer_id: UUID) -> list[ContactRow]:
    """Holds the people of a customer until the transaction ends, and returns them as they are
    now; `NotFound` for one that this business does not have."""
    held = Customer.objects.for_business(business_id).filter(id=customer_id).select_for_update()
    if not held.values_list("id", flat=True).first():
        raise NotFound
    return queries.contacts(business_id, [customer_id])


def check_gift(own: Rights | None, wanted: Rights) -> None:
    """Refuses rights that whoever gives them does not have; `None` is the business itself."""
    if not wanted:
        raise NothingAllowed
    if own is not None and not may_give(own, wanted):
        raise RightNotYours


def check_staff_gift(staff: Iterable[Right], wanted: Rights, *, was: Rights = frozenset()) -> None:
    """Refuses rights that a member of staff may not give (`givable`); what the person has already
    may stay, and be taken."""
    if not wanted:
        raise NothingAllowed
    if not wanted - was <= givable(staff):
        raise RightNotYours


def one_of(people: Iterable[ContactRow], contact_id: UUID) -> ContactRow:
    """The one of these people, or `NotFound`."""
    found = next((one for one in people if one.id == contact_id), None)
    if found is None:
        raise NotFound
    return found


def check_somebody_is_left(people: Iterable[ContactRow], without: UUID) -> None:
    """Refuses (`LastManager`) what would leave people whom nobody looks after."""
    managers = {one.id for one in people if one.may(ContactRight.PEOPLE)}
    if managers == {without}:
        raise LastManager


@operation
def change(
    business_id: BusinessId,
    people: list[ContactRow],
    contact_id: UUID,
    wanted: ContactChange,
    *,
    own: Rights | None,
) -> ContactRow:
    """Changes what one of the people that are held may do, and which mails they get; returns what
    they were. Refuses rights that are not one's own to give or to take, and the last manager's."""
    was = one_of(people, contact_id)
    check_gift(own, wanted.rights)
    check_gift(own, read(was.rights) | wanted.rights)
    if ContactRight.PEOPLE not in wanted.rights:
        check_somebody_is_left(people, contact_id)
    execute(
        """
        UPDATE customers_contact SET rights = %(rights)s::jsonb,
          gets_invoices = %(invoices)s::boolean, gets_receipts = %(receipts)s::boolean
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": contact_id,
            "rights": json.dumps(kept(wanted.rights)),
            "invoices": wanted.gets_invoices,
            "receipts": wanted.gets_receipts,
        },
    )
    return was


@operation
def remove(
    business_id: BusinessId, people: list[ContactRow], contact_id: UUID, *, own: Rights | None
) -> ContactRow:
    """Takes one of the people that are held out; returns who it was. From that moment every
    session of theirs opens nothing of this customer. Refuses as `change` does."""
    was = one_of(people, contact_id)
    check_gift(own, read(was.rights))
    check_somebody_is_left(people, contact_id)
    Contact.objects.for_business(business_id).filter(id=contact_id).delete()
    return was
