"""The books are proved every night, though nobody asks: what contradicts itself is told, and
planned payments wait until somebody has looked."""

import logging
from datetime import timedelta

import pytest

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.notifications import alarms
from counterfoil.flows.arrangements import plan_payment, run_schedules
from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.clock import local_date
from counterfoil.surfaces.jobs import guarding
from factories import database as db
from factories.businesses import AT
from factories.keeping import keep_method
from factories.mails import mailbox, text_of
from factories.payments import pay
from factories.staff import hire
from factories.worker import work

CENT = "UPDATE ledger_balance SET balance_minor = balance_minor + %s WHERE business_id = %s"
BALANCES = "kept balances are the sums of their postings"
MORNING = AT + timedelta(days=10)


@pytest.fixture
def lie(addresses, business, issued, gateway):
    """`lie()`: a balance says a cent more than its postings; `lie(-1)` takes it back."""
    pay(business, issued())

    def plant(minor=1):
        with db.connect(addresses.owner_url) as owner:
            owner.execute(CENT, [minor, business])

    return plant


@pytest.fixture
def planned(business, customer, issued, gateway):
    """Alice has planned to pay an invoice on the day before `MORNING`."""
    invoice = issued()
    command = PlanCommand(
        customer_id=customer,
        currency="EUR",
        parts=((invoice.id, invoice.total_minor),),
        pay_date=local_date(AT, "Europe/Berlin") + timedelta(days=9),
        timezone="Europe/Berlin",
        form_key="plan",
        payer="Alice",
        locale="en",
        method_id=keep_method(business, customer),
    )
    plan_payment.plan(business, command, at=AT, by=SYSTEM)
    return gateway


def night():
    guarding.books_proved.func(timestamp=0)


def open_ones(business):
    with reading(business):
        return alarms.alarms(business, limit=9)


def test_honest_books_are_no_news(business, issued, gateway, caplog):
    pay(business, issued())
    with caplog.at_level(logging.WARNING):
        night()
    assert (open_ones(business), caplog.messages) == ([], [])


def test_a_contradiction_is_told_to_staff_owners_and_in_the_log(
    business, other_business, lie, post, tmp_path, caplog
):
    hire(business, Role.OWNER)
    hire(business, Role.FINANCE)
    lie()

    with caplog.at_level(logging.WARNING):
        night()
        night()

    assert caplog.messages == [f"The books of business {business}: not true that {BALANCES}."] * 2
    [alarm] = open_ones(business)
    assert (alarm.kind, alarm.detail, alarm.times) == ("books", BALANCES, 2)
    assert open_ones(other_business) == []
    work()
    mails = [one for one in mailbox(tmp_path / "mail") if "proof" in one["Subject"]]
    assert len(mails) == 2  # one a night, to the one owner
    assert "counterfoil verify" in text_of(mails[0])


def test_planned_payments_wait_until_somebody_has_looked(business, lie, planned):
    lie()
    night()
    before = len(planned.charges)

    assert run_schedules.tick(business, at=MORNING) == 0
    assert len(planned.charges) == before
    [alarm] = open_ones(business)
    run(business, lambda: alarms.look_at(business, alarm.id, at=MORNING, by=SYSTEM))

    assert run_schedules.tick(business, at=MORNING) == 1
    assert len(planned.charges) == before + 1


def test_books_that_hold_again_end_the_alarm(business, lie, planned):
    lie()
    night()
    lie(-1)
    night()

    assert open_ones(business) == []
    assert run_schedules.tick(business, at=MORNING) == 1
