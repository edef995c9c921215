"""The people who can sign in to the demo: staff of both businesses, and some customers."""

from datetime import datetime
from uuid import UUID

from counterfoil.demo.cast import Cast, Person
from counterfoil.demo.story import Story
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.customers.rights import ALL, RIGHTS, Preset, Rights
from counterfoil.domain.customers.rows import (
    ContactChange,
    ContactRow,
    NewContact,
    NewInvitation,
)
from counterfoil.domain.customers.writing import people
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.flows.people import manage
from counterfoil.flows.people.manage import Manager
from counterfoil.infra.db import reading, run
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


def circles(story: Story, *, at: datetime) -> None:
    """People of one customer with different rights, somebody who acts for two customers, and an
    invitation that waits; all sign in with the password of the cast."""
    cast, business_id = story.cast, story.business_id
    for key, presets in cast.circles.items():
        customer_id = story.ids[key]
        for which, preset in enumerate(presets):
            contact = story.payers.contact(key, which)
            _set_rights(business_id, customer_id, contact, RIGHTS[Preset(preset)])
            user_id = identity.make_user(contact.email, name=contact.name, password=cast.password)
            customers.link_user(business_id, [contact.id], user_id)
    for whose, key in cast.several.items():
        contact = story.payers.contact(whose)
        new = NewContact(contact.name, contact.email, contact.locale, rights=RIGHTS[Preset.PAYS])
        customers.add_contacts(business_id, story.ids[key], [new], at=at)
        user_id = identity.make_user(contact.email, name=contact.name, password=cast.password)
        with reading(business_id):
            both = customer_queries.people(business_id, contact.email)
        customers.link_user(business_id, [one.contact_id for one in both], user_id)
    for key, person in cast.invited.items():
        one = Person.said(person)
        asked = NewInvitation(
            story.ids[key], one.name, one.email, cast.business.locale, RIGHTS[Preset.SEES],
            gets_invoices=True, gets_receipts=False,
        )  # fmt: skip
        by = story.payers.contact(key)
        actor = Actor(ActorKind.CONTACT, str(by.id), by.name)
        manage.invite(business_id, asked, by=Manager(actor, ALL), at=at)


def _set_rights(
    business_id: BusinessId, customer_id: UUID, contact: ContactRow, rights: Rights
) -> None:
    wanted = ContactChange(rights, contact.gets_invoices, contact.gets_receipts)

    def work() -> None:
        held = people.hold(business_id, customer_id)
        people.change(business_id, held, contact.id, wanted, own=None)

    run(business_id, work)


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
