"""People of a customer who send each other away: whoever was taken out gives and takes no more."""

from dataclasses import replace

import pytest

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries
from counterfoil.domain.customers.rights import ALL, RIGHTS, Preset
from counterfoil.domain.customers.rows import ContactChange, NewContact, NewInvitation
from counterfoil.domain.customers.writing import invitations
from counterfoil.flows.people import manage
from counterfoil.flows.people.manage import Manager
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from factories.businesses import AT
from races.racing import kinds, race

LESS = ContactChange(RIGHTS[Preset.PAYS], gets_invoices=False, gets_receipts=False)


@pytest.fixture
def manager(business, customer):
    """`manager("bob")`: another who looks after Alice's people, as their request began."""

    def make(name):
        new = NewContact(name.title(), f"{name}@example.com", rights=ALL)
        run(business, lambda: customers.add_contacts(business, customer, [new], at=AT))
        with reading(business):
            everybody = queries.contacts(business, [customer])
        made = next(one for one in everybody if one.name == name.title())
        return made.id, Manager(Actor(ActorKind.CONTACT, str(made.id), made.name), ALL)

    return make


def remove(business, customer, contact_id, by):
    return manage.remove(business, customer, contact_id, decided=True, by=by, at=AT)


def test_two_send_each_other_away_and_one_stays(business, customer, manager, turn):
    (ada, as_ada), (bob, as_bob) = manager("ada"), manager("bob")

    results = race(
        lambda: remove(business, customer, ada, as_bob),
        lambda: remove(business, customer, bob, as_ada),
    )

    assert kinds(results) == ["RightNotYours", "ok"]


def test_who_was_taken_out_meanwhile_lets_nobody_in(business, customer, manager):
    (ada, _as_ada), (bob, as_bob) = manager("ada"), manager("bob")
    asked = NewInvitation(
        customer_id=customer, name="Carl", email="carl@example.com", locale="en",
        rights=RIGHTS[Preset.SEES], gets_invoices=False, gets_receipts=False,
    )  # fmt: skip
    first = manage.invite(business, asked, by=_as_business(), at=AT)
    remove(business, customer, bob, _as_business())

    results = race(
        lambda: manage.invite(business, replace(asked, email="dora@example.com"), by=as_bob, at=AT),
        lambda: manage.send_again(business, customer, first, by=as_bob, at=AT),
        lambda: manage.change(business, customer, ada, LESS, by=as_bob, at=AT),
    )

    assert kinds(results) == ["RightNotYours"] * 3
    with reading(business):
        assert [one.id for one in invitations.invitations(business, customer)] == [first]


def test_who_may_less_meanwhile_gives_no_more(business, customer, manager):
    (ada, _as_ada), (bob, as_bob) = manager("ada"), manager("bob")
    manage.change(business, customer, bob, LESS, by=_as_business(), at=AT)

    results = race(lambda: manage.change(business, customer, ada, LESS, by=as_bob, at=AT))

    assert kinds(results) == ["RightNotYours"]


def _as_business():
    return Manager(Actor(ActorKind.SYSTEM, "", ""), None)
