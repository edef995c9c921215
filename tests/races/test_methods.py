"""Saved methods: several are saved, chosen to come first, or taken back while a payment that was
planned with one is charged, in the same moment."""

from datetime import timedelta

import pytest

from counterfoil.domain.arrangements import queries as arrangements
from counterfoil.domain.arrangements.days import runs_at
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries
from counterfoil.domain.payments.methods.rows import NewMethod
from counterfoil.flows.arrangements import plan_payment, run_schedules
from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ports.gateways.outcomes import Instrument
from factories.businesses import AT
from factories.keeping import keep_method
from ledger_text import broken, trial_balance
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


def test_a_method_is_taken_back_while_its_planned_payment_is_charged(
    business, customer, issued, gateway, turn
):
    """It is charged once with a method that was there, or not at all and the plan has ended."""
    method, invoice = keep_method(business, customer), issued()
    day = local_date(AT, "Europe/Berlin") + timedelta(days=10)
    asked = PlanCommand(
        customer_id=customer, currency="EUR", parts=((invoice.id, invoice.total_minor),),
        pay_date=day, timezone="Europe/Berlin", form_key=f"plan-{turn}", payer="Alice",
        locale="en", method_id=method,
    )  # fmt: skip
    schedule = plan_payment.plan(business, asked, by=SYSTEM, at=AT)
    morning = runs_at(day, "Europe/Berlin")

    results = race(
        lambda: methods.remove(business, customer, method, at=morning),
        lambda: run_schedules.tick(business, at=morning),
        lambda: run_schedules.tick(business, at=morning),
    )
    run_schedules.tick(business, at=morning + timedelta(hours=1))

    assert kinds(results) == ["ok"] * 3
    with reading(business):
        row = arrangements.schedule(business, schedule)
        assert queries.methods_of(business, customer) == []
    if gateway.charges:
        assert (row.state, len(gateway.charges)) == ("paid", 1)
        assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    else:
        assert (row.state, row.end_reason) == ("ended", "method_gone")
        assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert broken(business) == []
