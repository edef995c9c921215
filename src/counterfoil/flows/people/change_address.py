"""Somebody signs in with another mail address from now on, and is a contact with it as well."""

from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as known
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as people
from counterfoil.flows.people.sign_on.capturing import must_use
from counterfoil.infra.db import reading, run
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId


class AddressTaken(Conflict):
    """Another sign-in has this address; nothing was changed."""

    code = "address_taken"
    message = "This address already has a sign-in of its own. Nothing was changed."


class AddressBound(Conflict):
    """With this address somebody has to come in by their company's sign-in; nothing was changed."""

    code = "address_bound"
    message = "A company's sign-in has to be used with this address. Nothing was changed."


def check(user_id: UUID, address: str) -> None:
    """Refuses (`AddressBound`) an address with which this person has to come in by their company's
    sign-in, wherever they are known: with another one they would come in without it."""
    if any(_is_bound(one.id, user_id, address) for one in businesses.every()):
        raise AddressBound


def _is_bound(business_id: BusinessId, user_id: UUID, address: str) -> bool:
    with reading(business_id):
        is_contact = bool(known.people(business_id, address))
        is_member = user_id in {one.user_id for one in people.members(business_id)}
    return any(
        is_known and must_use(business_id, user_id, address, for_staff=for_staff)
        for is_known, for_staff in ((is_contact, False), (is_member, True))
    )


def change(user_id: UUID, old: str, new: str) -> None:
    """The new address is proved by whoever calls. It becomes the contact's address at every
    business, for a sign-in leads to its contacts by its address; mails go there from then on.
    Refuses `AddressTaken`, and of the old one `AddressBound`."""
    check(user_id, old)
    if not identity.change_email(user_id, new):
        raise AddressTaken
    for business in businesses.every():
        _follow(business.id, old, new)


def _follow(business_id: BusinessId, old: str, new: str) -> None:
    run(business_id, lambda: customers.change_address(business_id, old, new))
