"""The people who can sign in to the demo: staff of both businesses, and some customers."""

from datetime import datetime

from counterfoil.demo.cast import Cast
from counterfoil.demo.story import Story
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.ids import BusinessId, encode


def staff_sign_ins(business_id: BusinessId, cast: Cast, *, at: datetime) -> Actor:
    """Makes the staff; returns the one who keeps the books."""
    ids = {}
    for role, one in cast.staff.items():
        ids[role] = identity.make_user(one.email, name=one.name, password=cast.password)
        identity.make_member(business_id, ids[role], role, at=at)
    keeper = Role.FINANCE
    return Actor(ActorKind.STAFF, str(ids[keeper]), cast.staff[keeper].name)


def customer_sign_ins(story: Story) -> list[dict[str, str]]:
    """Makes the sign-ins of customers and says how to use them."""
    found, cast = [], story.cast
    for key in cast.sign_ins:
        contact = story.payers.contact(key)
        user_id = identity.make_user(contact.email, name=contact.name, password=cast.password)
        customers.link_user(story.business_id, [contact.id], user_id)
        found.append(
            {
                "email": contact.email,
                "password": cast.password,
                "name": contact.name,
                "customer_id": encode("cus", story.ids[key]),
                "business": cast.business.slug,
            }
        )
    return found
