"""Saved methods: several are saved, or chosen to come first, in the same moment."""

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries
from counterfoil.domain.payments.methods.rows import NewMethod
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ports.gateways.outcomes import Instrument
from factories.businesses import AT
from races.racing import kinds, race


@pytest.fixture
def keep(business, customer, gateway):
    """`keep("1", last4="4242")`: saves a card under this id of the gateway's."""
    with reading(business):
        account = payments.active_accounts(business)[0]

    def save(ref, last4="4242"):
        shown = Instrument("card", "visa", last4, 12, 2030)
        new = NewMethod(
            customer_id=customer,
            gateway_account_id=account.id,
            gateway_ref=f"pm_{ref}",
            instrument=shown,
        )
        return methods.keep(business, new, at=AT, by=SYSTEM)

    return save


@pytest.fixture
def kept(business, customer):
    """What is saved, the default first."""

    def rows():
        with reading(business):
            return queries.methods_of(business, customer)

    return rows


def test_several_cards_put_first_at_once_and_one_comes_first(business, customer, keep, kept, turn):
    results = race(*(lambda n=n: keep(n, last4=f"000{n}") for n in range(6)))
    assert kinds(results) == ["ok"] * 6
    ids = [one.id for one in kept()]
    results = race(
        *(lambda one=one: methods.make_default(business, customer, one, at=AT) for one in ids)
    )
    assert kinds(results) == ["ok"] * 6
    assert [one.is_default for one in kept()] == [True, *[False] * 5]


def test_the_same_card_saved_twice_at_once_is_one(keep, kept, turn):
    results = race(lambda: keep(1), lambda: keep(2))
    assert kinds(results) == ["ok"] * 2
    assert results[0] == results[1]
    assert len(kept()) == 1


def test_each_is_chosen_to_come_first_at_once(business, customer, keep, kept, turn):
    mine = [keep(n, last4=f"000{n}") for n in range(4)]
    results = race(*(
        lambda one=one: methods.make_default(business, customer, one, at=AT) for one in mine[1:]
    ))  # fmt: skip
    assert kinds(results) == ["ok"] * 3
    assert [one.is_default for one in kept()] == [True, *[False] * 3]
