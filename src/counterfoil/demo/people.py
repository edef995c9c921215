"""The people who can sign in to the demo: staff of both businesses, and some customers."""

from datetime import datetime
from types import ModuleType

from counterfoil.demo.story import Story
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.kernel.ids import BusinessId, encode


def staff_sign_ins(business_id: BusinessId, cast: ModuleType, *, at: datetime) -> str:
    """Makes the staff; returns the id of the one who keeps the books."""
    keeper = ""
    for one in cast.STAFF:
        user_id = identity.make_user(one.email, name=one.name, password=one.password)
        identity.make_member(business_id, user_id, Role(one.role), at=at)
        if one.role == Role.FINANCE:
            keeper = str(user_id)
    return keeper


def customer_sign_ins(story: Story) -> list[dict[str, str]]:
    """Makes the sign-ins of customers and says how to use them."""
    found = []
    for one in story.cast.SIGN_INS:
        user_id = identity.make_user(one.email, name=one.name, password=one.password)
        contact = story.payers.contact(one.party)
        customers.link_user(story.business_id, [contact.id], user_id)
        found.append(
            {
                "email": one.email,
                "password": one.password,
                "name": one.name,
                "customer_id": encode("cus", story.ids[one.party]),
                "business": story.cast.SLUG,
            }
        )
    return found
