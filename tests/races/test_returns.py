"""A payment that comes back, or is charged back, while staff refund it: one truth in the books,
and what went out twice is told as lost, never owed by anybody."""

from datetime import timedelta

import pytest

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.refunds import NothingToRefund
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.aftermath import contested
from factories.businesses import AT
from factories.gateways import refunded
from factories.payments import pay
from factories.refunds import refund
from flows.debits.scripted import told
from ledger_text import broken, events, trial_balance
from races.racing import kinds, race

LATER = AT + timedelta(days=3)
TAKEN_BACK = {"receivable:Alice": 100, "revenue": -100}


def returned(business, payment):
    outcome = told(encode("pay", payment.id), Result.RETURNED, payment.amount, "AC04")
    return lambda: settle(business, [AttemptOutcome(payment.id, outcome)], at=LATER, by=SYSTEM)


def lost(business, payment):
    fact = contested(payment, stage=ChargebackStage.LOST, fee=Money(0, "EUR"))
    return lambda: settle_chargeback(business, payment.id, fact, at=LATER, by=SYSTEM)


def refunds(business, payment):
    with reading(business):
        return [one.state for one in queries.refunds_of(business, [payment.id])]


def books(gone_twice):
    """What the invoice was paid with is owed again, once; what went twice is lost."""
    if not gone_twice:
        return TAKEN_BACK
    return {**TAKEN_BACK, "chargeback_losses": gone_twice, "clearing:scripted": -gone_twice}


@pytest.mark.parametrize("way", [returned, lost])
def test_a_payment_goes_back_while_staff_refund_a_part(business, issued, gateway, way, turn):
    payment = pay(business, issued())

    results = race(way(business, payment), lambda: refund(business, payment, 6_000))

    assert kinds(results) in (["NothingToRefund", "ok"], ["ok", "ok"])
    assert len(gateway.refunds) == len(refunds(business, payment)) <= 1
    went = sum(one == "succeeded" for one in refunds(business, payment))
    assert trial_balance(business) == books(60 * went)
    assert events(business).count("invoice.reopened") in (1, 2)
    assert broken(business) == []


@pytest.mark.parametrize("way", [returned, lost])
def test_what_came_back_before_the_click_is_not_refunded(business, issued, gateway, way):
    payment = pay(business, issued())
    way(business, payment)()

    with pytest.raises(NothingToRefund):
        refund(business, payment)

    assert (gateway.refunds, trial_balance(business)) == ([], TAKEN_BACK)
    assert broken(business) == []


@pytest.mark.parametrize("result", [Result.SUCCEEDED, Result.FAILED, Result.UNKNOWN])
@pytest.mark.parametrize("way", [returned, lost])
def test_it_comes_back_while_the_gateway_is_at_the_refund(business, issued, gateway, way, result):
    payment = pay(business, issued())

    def answer(request):
        way(business, payment)()
        return refunded(request, result=result)

    gateway.refund_answer = answer
    found = refund(business, payment, 6_000)

    went = found.state == "succeeded"
    assert trial_balance(business) == books(60 * went)
    assert broken(business) == []
    with pytest.raises(NothingToRefund):
        refund(business, payment)


def test_a_return_and_a_lost_chargeback_of_the_same_payment(business, issued, gateway, turn):
    payment = pay(business, issued())

    race(returned(business, payment), lost(business, payment))

    assert trial_balance(business) == books(100)
    assert broken(business) == []
