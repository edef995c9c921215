"""Saved methods: kept once, one default, never anybody else's, renewed by their network."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries
from counterfoil.domain.payments.methods.offered import offered
from counterfoil.domain.payments.methods.rows import NewMethod
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ports.gateways.outcomes import Instrument
from factories.businesses import AT

VISA = Instrument("card", "visa", "4242", 12, 2027)
OTHER = Instrument("card", "mastercard", "4444", 1, 2027)


@pytest.fixture
def keep(business, customer, gateway):
    """`keep("pm_1")`: one of Alice's, in the scripted gateway."""
    with reading(business):
        account = payments.active_accounts(business)[0]

    def kept(ref, shown=VISA, whose=None, at=AT):
        new = NewMethod(
            customer_id=whose or customer,
            gateway_account_id=account.id,
            gateway_ref=ref,
            instrument=shown,
        )
        return methods.keep(business, new, at=at, by=SYSTEM)

    return kept


def of(business, customer):
    with reading(business):
        return queries.methods_of(business, customer)


def test_what_a_gateway_keeps_is_remembered_once(business, customer, keep):
    first, again = keep("pm_1"), keep("pm_1")

    assert first == again
    assert [row.id for row in of(business, customer)] == [first]


def test_nothing_is_the_default_before_its_owner_says_so_and_then_only_one(
    business, customer, keep
):
    first, second = keep("pm_1"), keep("pm_2", OTHER)
    assert not any(row.is_default for row in of(business, customer))

    for default, other in ((first, second), (second, first)):
        methods.make_default(business, customer, default, at=AT)
        assert [(row.id, row.is_default) for row in of(business, customer)] == [
            (default, True),
            (other, False),
        ]


def test_the_same_card_again_takes_the_place_of_the_old_one(business, customer, keep):
    first = keep("pm_1")
    methods.rename(business, customer, first, name="Company card", at=AT)

    again = keep("pm_2")

    row = of(business, customer)[0]
    assert (again, row.gateway_ref, row.name) == (first, "pm_2", "Company card")


def test_what_paid_last_comes_first(business, customer, keep):
    keep("pm_1")
    second, third = keep("pm_2", OTHER), keep("pm_3", replace(OTHER, last4="5555"))
    methods.note_used(business, [second], at=AT)
    methods.note_used(business, [third], at=AT + timedelta(days=1))
    methods.note_used(business, [third], at=AT - timedelta(days=1))  # a late word

    assert [row.id for row in of(business, customer)][:2] == [third, second]


def test_another_customers_is_not_found(business, customer, other_customer, keep):
    mine = keep("pm_1")
    with pytest.raises(NotFound):
        methods.rename(business, other_customer, mine, name="x", at=AT)
    with pytest.raises(NotFound):
        methods.make_default(business, other_customer, mine, at=AT)
    with pytest.raises(NotFound):
        methods.remove(business, other_customer, mine, at=AT)

    assert of(business, customer)[0].name == ""


def test_a_removed_one_is_offered_and_charged_no_more(business, customer, keep):
    mine = keep("pm_1")
    methods.remove(business, customer, mine, at=AT)

    assert of(business, customer) == []
    assert run(business, lambda: methods.hold(business, mine)) is False
    with pytest.raises(NotFound):
        methods.remove(business, customer, mine, at=AT)
    assert keep("pm_2") != mine  # and is nobody's default
    assert not of(business, customer)[0].is_default


def test_the_network_renews_a_card_and_its_end_is_told_of_again(business, customer, keep):
    mine = keep("pm_1", replace(VISA, exp_month=11, exp_year=2026))
    assert methods.note_expiry_told(business, mine, at=AT)
    assert not methods.note_expiry_told(business, mine, at=AT)
    row = of(business, customer)[0]

    assert methods.change_by_network(business, row, VISA, at=AT)

    row = of(business, customer)[0]
    assert (row.exp_month, row.exp_year, row.expiry_told_at) == (12, 2027, None)
    assert row.updated_at == AT
    assert not methods.change_by_network(business, row, VISA, at=AT)


@pytest.mark.parametrize(
    ("today", "soon", "ended"),
    [
        (date(2026, 11, 30), False, False),
        (date(2026, 12, 1), True, False),
        (date(2026, 12, 31), True, False),
        (date(2027, 1, 1), False, True),
    ],
)
def test_a_card_is_good_to_the_last_day_of_its_month(business, customer, keep, today, soon, ended):
    keep("pm_1", replace(VISA, exp_month=12, exp_year=2026))
    row = of(business, customer)[0]

    assert (row.ends_soon(today), row.has_ended(today)) == (soon, ended)
    with reading(business):
        assert bool(queries.methods_ending(business, today)) is soon


def test_what_can_pay_is_the_same_asked_together_as_apart(business, customer, keep):
    keep("pm_1")
    keep("pm_2", OTHER, at=AT + timedelta(days=1))

    with reading(business):
        found = offered(business, customer)
        accounts = payments.active_accounts(business)

    assert [replace(one, opened=None) for one in found.accounts] == [
        replace(one, opened=None) for one in accounts
    ]
    assert [one.opened.settings for one in found.accounts] == [
        one.opened.settings for one in accounts
    ]
    assert found.methods == of(business, customer)
    assert len(found.methods) == 2
    assert found.mandates == []
