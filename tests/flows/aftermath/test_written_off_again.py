"""An invoice that was paid in part and written off for the rest opens again: what is owed, late
and asked for is what the books hold, never what was given up as well."""

from datetime import timedelta

import pytest

from counterfoil.domain.insights import work
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.operations import NothingDue
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.aftermath.write_off import take_back, write_off
from counterfoil.flows.apply_credit import apply_to_invoice, apply_to_open
from counterfoil.flows.refunds import refund_payment
from counterfoil.flows.refunds.unapply_payment import unapply
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.aftermath import contested
from factories.businesses import AT
from factories.payments import pay
from flows.debits.scripted import told
from ledger_text import broken, events, trial_balance

LATER = AT + timedelta(days=90)


def returned(business, payment):
    outcome = told(encode("pay", payment.id), Result.RETURNED, payment.amount, "AC04")
    settle(business, [AttemptOutcome(payment.id, outcome)], at=LATER, by=SYSTEM)


def charged_back(business, payment):
    lost = contested(payment, stage=ChargebackStage.LOST, fee=Money(0, "EUR"))
    settle_chargeback(business, payment.id, lost, at=LATER, by=SYSTEM)


def refunded(business, payment):
    asked = refund_payment.RefundCommand(payment.id, "form")
    refund_payment.start(business, asked, by=SYSTEM, at=LATER)


WAYS = {"return": returned, "chargeback lost": charged_back, "refund": refunded}


@pytest.fixture
def reopened(business, issued, gateway, request):
    """An invoice over 100, of which 40 were paid and came off again, and 60 written off."""
    invoice = issued()
    payment = pay(business, invoice, parts=((invoice.id, 4_000),))
    write_off(business, invoice.id, "They went out of business.", at=AT, by=SYSTEM)
    WAYS[request.param](business, payment)
    return invoice


every_way = pytest.mark.parametrize("reopened", WAYS, indirect=True)


def item(business, invoice):
    with reading(business):
        return receivables.items(business, [invoice.id])[invoice.id]


@every_way
def test_only_what_came_off_is_owed_again(business, customer, reopened):
    today = LATER.date()
    with reading(business):
        (ageing,) = work.ageing(business, today=today)
        (total,) = work.customer_totals(business, [customer], today=today)[customer]
        (owed,) = receivables.balances(business, customer, today=today)
        (late,) = work.work_list(business, today=today, at=LATER).late

    assert ageing.total_minor == total.open_minor == owed.open_minor == late.open_minor == 4_000
    assert (total.overdue_minor, owed.overdue_minor) == (4_000, 4_000)
    assert item(business, reopened).due_minor == 4_000
    assert trial_balance(business)["receivable:Alice"] == 40
    assert "invoice.reopened" in events(business)
    assert broken(business) == []


@every_way
def test_what_is_paid_again_recovers_nothing_until_all_that_is_due_is_paid(
    business, reopened, gateway
):
    pay(business, reopened, parts=((reopened.id, 4_000),))
    found = item(business, reopened)
    assert (found.due_minor, found.written_off_minor) == (0, 6_000)
    assert trial_balance(business)["bad_debts"] == 60
    assert broken(business) == []

    pay(business, reopened, parts=((reopened.id, 6_000),))
    assert item(business, reopened).open_minor == 0
    assert "bad_debts" not in trial_balance(business)
    assert broken(business) == []


@every_way
def test_all_of_it_is_due_once_the_write_off_is_taken_back(business, reopened):
    assert take_back(business, reopened.id, at=LATER, by=SYSTEM) == Money(6_000, "EUR")
    assert item(business, reopened).due_minor == 10_000
    assert trial_balance(business)["receivable:Alice"] == 100
    assert broken(business) == []


@every_way
def test_it_is_written_off_again_for_what_came_off(business, reopened):
    assert write_off(business, reopened.id, "Gone.", at=LATER, by=SYSTEM) == Money(4_000, "EUR")
    assert item(business, reopened).due_minor == 0
    assert broken(business) == []


def test_credit_covers_what_is_due_and_not_what_was_given_up(business, customer, issued, gateway):
    invoice, other = issued(), issued()
    payment = pay(business, invoice, parts=((invoice.id, 4_000),))
    write_off(business, invoice.id, "They went out of business.", at=AT, by=SYSTEM)
    unapply(business, payment.id, invoice.id, at=AT, by=SYSTEM)
    pay(business, other)

    applied = apply_to_open(business, customer, "EUR", at=LATER)

    assert [part for one in applied for part in one.parts] == [(invoice.id, Money(4_000, "EUR"))]
    assert trial_balance(business)["bad_debts"] == 60
    with pytest.raises(NothingDue):
        apply_to_invoice(business, customer, invoice.id, at=LATER)
    assert broken(business) == []
