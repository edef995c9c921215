"""Somebody signs in with another mail address from now on, and is a contact with it as well."""

from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.identity import operations as identity
from counterfoil.infra.db import run
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId


class AddressTaken(Conflict):
    """Another sign-in has this address; nothing was changed."""

    code = "address_taken"
    message = "This address already has a sign-in of its own. Nothing was changed."


def change(user_id: UUID, old: str, new: str) -> None:
    """The new address is proved by whoever calls. It becomes the contact's address at every
    business, for a sign-in leads to its contacts by its address; mails go there from then on."""
    if not identity.change_email(user_id, new):
        raise AddressTaken
    for business in businesses.every():
        _follow(business.id, old, new)


def _follow(business_id: BusinessId, old: str, new: str) -> None:
    run(business_id, lambda: customers.change_address(business_id, old, new))
