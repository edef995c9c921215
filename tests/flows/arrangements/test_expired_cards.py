"""A plan whose card ends: told ahead, not sent in vain, saved by a renewal or by another card."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.arrangements import queries
from counterfoil.domain.arrangements.days import runs_at
from counterfoil.domain.arrangements.operations import BeingCharged
from counterfoil.domain.notifications import queries as messages
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries as saved
from counterfoil.flows.arrangements import plan_payment, run_schedules
from counterfoil.flows.arrangements.plan_payment import CardExpired, PlanCommand
from counterfoil.flows.letters.send_schedule import send_ended
from counterfoil.flows.methods import tell_expiry
from counterfoil.flows.pay_invoices import MethodGone
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import InvalidInput, NotFound
from counterfoil.kernel.ids import encode
from factories.businesses import AT
from factories.keeping import CARD, keep_method

ALICE = Actor(ActorKind.CONTACT, "alice", "Alice")
ZONE = "Europe/Berlin"
TODAY = local_date(AT, ZONE)
NEXT_MONTH = (TODAY.replace(day=1) + timedelta(days=40)).replace(day=5)
MORNING = runs_at(NEXT_MONTH, ZONE)


@pytest.fixture
def card(business, customer, gateway):
    """Good until the end of this month."""
    shown = replace(CARD, exp_month=TODAY.month, exp_year=TODAY.year)
    return keep_method(business, customer, shown=shown)


@pytest.fixture
def plan(business, customer, card, issued):
    """All of an invoice, on a day after the card's last."""
    invoice = issued()
    asked = PlanCommand(
        customer_id=customer,
        currency="EUR",
        parts=((invoice.id, invoice.total_minor),),
        pay_date=NEXT_MONTH,
        timezone=ZONE,
        form_key=secrets.token_hex(6),
        payer="Alice",
        locale="en",
        method_id=card,
    )
    return plan_payment.plan(business, asked, by=ALICE, at=AT)


def row(business, schedule):
    with reading(business):
        return queries.schedule(business, schedule)


def mails(business, template):
    with reading(business):
        found = execute(
            "SELECT id FROM notifications_message WHERE business_id = %(b)s AND template = %(t)s",
            {"b": business, "t": template},
        )
        return [messages.message(business, one) for (one,) in found]


def test_it_is_told_ahead_and_not_sent_in_vain(business, plan, gateway):
    tell_expiry.tell(business, at=MORNING - timedelta(days=10))
    (ends,) = mails(business, "card_ends")
    assert f"/planned/{encode('sch', plan)}" in ends.text
    assert "a payment is planned with it" in " ".join(ends.text.split())

    run_schedules.tick(business, at=MORNING - timedelta(hours=3))
    (told,) = mails(business, "planned_payment")
    assert told.subject.endswith("needs another card")
    assert "nothing will be charged by it" in " ".join(told.text.split())

    assert run_schedules.tick(business, at=MORNING) == 0
    assert gateway.charges == []
    over = row(business, plan)
    assert (over.state, over.end_reason) == ("ended", "method_ended")
    send_ended(business, plan, at=MORNING)
    off = mails(business, "planned_payment")[-1]
    assert "The card that was to pay it had expired" in " ".join(off.text.split())


def test_a_card_that_its_network_renewed_is_charged_as_planned(business, plan, card, gateway):
    with reading(business):
        known = saved.methods(business, [card])[card]
    later = replace(known.instrument, exp_year=known.exp_year + 4)
    run(business, lambda: methods.change_by_network(business, known, later, at=AT))

    run_schedules.tick(business, at=MORNING - timedelta(hours=3))
    (told,) = mails(business, "planned_payment")
    assert "needs another card" not in told.subject
    assert run_schedules.tick(business, at=MORNING) == 1
    assert [one.source for one in gateway.charges] == ["kept:ok"]


def test_it_is_good_on_its_last_day(business, customer, plan, gateway):
    last = NEXT_MONTH.replace(day=1) - timedelta(days=1)
    plan_payment.change(business, customer, plan, pay_date=last, at=AT)
    assert not row(business, plan).outlives_card
    assert run_schedules.tick(business, at=runs_at(last, ZONE)) == 1


def test_another_card_is_put_in_and_charged_once(business, customer, plan, gateway):
    other = keep_method(business, customer, "challenge-free", shown=replace(CARD, last4="4444"))
    from factories.gateways import succeeded

    gateway.answers["kept:challenge-free"] = lambda one: succeeded(one.reference, one.amount)
    plan_payment.change_way(business, customer, plan, (other, None), at=AT)

    assert row(business, plan).last4 == "4444"
    assert [run_schedules.tick(business, at=MORNING) for _ in range(2)] == [1, 0]
    assert [one.source for one in gateway.charges] == ["kept:challenge-free"]


def test_what_can_not_be_put_in(business, customer, other_customer, plan, card, gateway):
    theirs = keep_method(business, other_customer, "slow")
    gone = keep_method(business, customer, "declined", shown=replace(CARD, last4="0002"))
    methods.remove(business, customer, gone, at=AT)
    for way in ((theirs, None), (gone, None), (None, gone)):
        with pytest.raises(MethodGone):
            plan_payment.change_way(business, customer, plan, way, at=AT)
    with pytest.raises(InvalidInput):
        plan_payment.change_way(business, customer, plan, (None, None), at=AT)
    with pytest.raises(CardExpired):
        plan_payment.change_way(business, customer, plan, (card, None), at=MORNING)
    with pytest.raises(NotFound):
        plan_payment.change_way(business, other_customer, plan, (theirs, None), at=AT)
    assert row(business, plan).method_id == card


def test_once_it_is_being_made_nothing_is_put_in(business, customer, plan, card, gateway):
    lost = keep_method(business, customer, "lost", shown=replace(CARD, last4="9979"))
    plan_payment.change_way(business, customer, plan, (lost, None), at=AT)
    run_schedules.tick(business, at=MORNING)
    other = keep_method(business, customer, "slow", shown=replace(CARD, last4="1111"))
    with pytest.raises(BeingCharged):
        plan_payment.change_way(business, customer, plan, (other, None), at=MORNING)
