"""Refunds that a gateway tells of: ours by our reference, and those made over there without us."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.receive_event import handle, receive
from counterfoil.flows.refunds.resolve_refund import resolve
from counterfoil.flows.resolve_uncertain import resolve as look_again
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest
from factories.businesses import AT
from factories.gateways import event, refund_failed, refunded, succeeded
from factories.payments import pay
from factories.refunds import refund
from ledger_text import counts, inbox, trial_balance


def made_there(payment, amount_minor, ref="re_theirs", **more):
    """A refund made in the gateway's own dashboard."""
    asked = RefundRequest("", payment.gateway_ref, Money(amount_minor, "EUR"))
    return refunded(asked, **({"gateway_ref": ref} | more))


def tell(business, gateway, payment, fact, ref="evt_r1"):
    """The gateway pushes a fact, and the job acts on it; returns what is noted of it."""
    gateway.known_refunds[ref] = fact
    headers, body = event(ref, ref, kind="refund.updated")
    receive(business, payment.gateway_account_id, headers=headers, body=body, at=AT)
    for event_id, _ in inbox(business):
        handle(business, event_id, at=AT)
    with reading(business):
        return execute(
            "SELECT remark FROM payments_gatewayevent WHERE business_id = %(b)s::uuid "
            "AND ref = %(ref)s",
            {"b": business, "ref": ref},
        )[0][0]


def refunds_of(business, payment):
    with reading(business):
        found = payments.refunds_of(business, [payment.id])
    return sorted(found, key=lambda one: not one.is_ours)


def test_our_own_pending_refund_is_settled_by_its_event(business, issued, gateway):
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, result=Result.PROCESSING)
    found = refund(business, payment)
    assert found.state == "pending"

    assert tell(business, gateway, payment, refunded(gateway.refunds[0])) == "refund succeeded"

    assert [one.state for one in refunds_of(business, payment)] == ["succeeded"]
    assert prove(business).holds


def test_a_refund_made_at_the_gateway_is_booked_and_shown(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)

    said = [tell(business, gateway, payment, made_there(payment, 2_500), ref=f"evt_{one}")
            for one in range(2)]  # fmt: skip

    assert said == ["refund succeeded", "known already"]
    (found,) = refunds_of(business, payment)
    assert (found.is_ours, found.state, found.amount_minor) == (False, "succeeded", 2_500)
    assert trial_balance(business) == {
        "clearing:scripted": 75, "receivable:Alice": 25, "revenue": -100,
    }  # fmt: skip
    with reading(business):
        assert receivables.payment(business, payment.id).status == "part_refunded"
    assert prove(business).holds


def test_a_fact_is_never_refused_by_our_own_reservation(business, issued, gateway):
    """Ours is open over 60 while somebody gives 60 back over there: theirs is booked; ours can't
    come true any more, and says so."""
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, result=Result.UNKNOWN, amount=None)
    refund(business, payment, 6_000)

    assert tell(business, gateway, payment, made_there(payment, 6_000)) == "refund succeeded"
    assert prove(business).holds
    both = refunded(gateway.refunds[0])
    tell(business, gateway, payment, both, ref="evt_r2")

    ours, theirs = refunds_of(business, payment)
    assert (ours.state, theirs.state) == ("unknown", "succeeded")
    assert trial_balance(business)["clearing:scripted"] == 40
    assert tell(business, gateway, payment, refund_failed(gateway.refunds[0]), ref="evt_r3")
    assert [one.state for one in refunds_of(business, payment)] == ["failed", "succeeded"]
    assert refund(business, payment, 4_000).state == "unknown"
    assert prove(business).holds


def test_a_refund_told_of_before_its_payment_asks_for_the_payment(business, issued, gateway):
    payment = pay(business, issued(), source="slow")
    gateway.known[encode("pay", payment.id)] = succeeded(encode("pay", payment.id), payment.amount)

    assert tell(business, gateway, payment, made_there(payment, 10_000)) == "refund succeeded"

    with reading(business):
        assert receivables.payment(business, payment.id).status == "refunded"
    assert prove(business).holds


def test_a_refund_of_a_payment_that_nobody_knows_the_end_of_waits_for_it(business, issued, gateway):
    payment = pay(business, issued(), source="lost")
    charged = gateway.known.pop(encode("pay", payment.id))
    fact = made_there(replace(payment, gateway_ref="ch_not_told_yet"), 10_000)

    with pytest.raises(Unavailable):
        tell(business, gateway, payment, fact)

    gateway.known[charged.reference] = replace(charged, gateway_ref="ch_not_told_yet")
    look_again(business, payment.id, at=AT)
    [(event_id, _)] = inbox(business)
    handle(business, event_id, at=AT)
    with reading(business):
        assert receivables.payment(business, payment.id).status == "refunded"
    assert prove(business).holds


def test_while_the_payment_can_not_be_asked_for_its_refund_waits(business, issued, gateway):
    payment = pay(business, issued(), source="slow")
    gateway.unreachable = Unavailable("away")
    with pytest.raises(Unavailable):
        tell(business, gateway, payment, made_there(payment, 10_000))
    [(event_id, _)] = inbox(business)

    gateway.unreachable = None
    gateway.known[encode("pay", payment.id)] = succeeded(encode("pay", payment.id), payment.amount)
    handle(business, event_id, at=AT)
    with reading(business):
        assert receivables.payment(business, payment.id).status == "refunded"


def test_a_stranger_of_more_money_than_is_awaited_is_set_aside(business, issued, gateway):
    payment = pay(business, issued(), source="lost")
    fact = made_there(replace(payment, gateway_ref="ch_nobody_knows"), payment.amount_minor + 1)
    said = tell(business, gateway, payment, fact)
    assert said == "unplaced: a refund of a charge that no attempt of ours has"


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (
            lambda payment: RefundOutcome("", "ch_nobody_knows", Result.SUCCEEDED),
            "unplaced: a refund of a charge that no attempt of ours has",
        ),
        (
            lambda payment: made_there(payment, 100, amount=None),
            "unplaced: a refund that was not begun here, without its amount",
        ),
        (
            lambda payment: RefundOutcome(
                encode("ref", new_id()), payment.gateway_ref, Result.SUCCEEDED
            ),
            "unplaced: no refund of ours has this reference",
        ),
        (
            lambda payment: made_there(payment, 100, result=Result.FAILED),
            "a refund that was not begun here came to nothing",
        ),
    ],
)
def test_what_concerns_no_refund_is_set_aside(business, issued, gateway, fact, why):
    payment = pay(business, issued())
    before = counts(business)

    assert tell(business, gateway, payment, fact(payment)) == why

    assert counts(business) == before | {"payments_gatewayevent": 1}


def test_one_under_a_reference_that_nobody_knows_any_more_is_booked_by_its_charge(
    business, issued, gateway
):
    """It was ours, and a restored backup has lost it."""
    payment = pay(business, issued())
    fact = replace(made_there(payment, 2_500), reference=encode("ref", new_id()))

    assert tell(business, gateway, payment, fact) == "refund succeeded"
    assert tell(business, gateway, payment, fact, ref="evt_r2") == "known already"

    assert trial_balance(business)["clearing:scripted"] == 75
    assert prove(business).holds


def test_a_refund_of_money_that_never_came_is_set_aside(business, issued, gateway):
    payment = pay(business, issued(), source="declined")
    said = tell(business, gateway, payment, made_there(payment, 100))
    assert said == "unplaced: a refund of a payment that has not arrived"
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}


def lost(gateway, *, arrived):
    """Our next refund's answer is lost, whether or not it arrived there."""

    def answer(request):
        if arrived:
            gateway.known_refunds[request.reference] = refunded(request, gateway_ref="re_ours")
        return refunded(request, result=Result.UNKNOWN, amount=None, gateway_ref="")

    gateway.refund_answer = answer


def test_one_that_looks_like_theirs_and_is_our_own_whose_answer_was_lost_is_booked_once(
    business, issued, gateway
):
    """Its event carries no reference of ours."""
    payment = pay(business, issued())
    lost(gateway, arrived=True)
    assert refund(business, payment, 4_000).state == "unknown"

    said = tell(business, gateway, payment, made_there(payment, 4_000, ref="re_ours"))

    assert said == "known already"
    assert [(one.is_ours, one.state) for one in refunds_of(business, payment)] == [
        (True, "succeeded")
    ]
    assert trial_balance(business)["clearing:scripted"] == 60
    assert prove(business).holds


def test_while_nobody_knows_what_became_of_ours_theirs_waits(business, issued, gateway):
    payment = pay(business, issued())
    lost(gateway, arrived=False)
    ours = refund(business, payment, 4_000)
    with pytest.raises(Unavailable):
        tell(business, gateway, payment, made_there(payment, 4_000))
    assert len(refunds_of(business, payment)) == 1

    resolve(business, ours.id, at=AT + timedelta(seconds=61))
    ((event_id, _),) = inbox(business)
    handle(business, event_id, at=AT + timedelta(seconds=62))

    found = refunds_of(business, payment)
    assert [(one.is_ours, one.state) for one in found] == [
        (True, "cancelled"), (False, "succeeded")
    ]  # fmt: skip
    assert trial_balance(business)["clearing:scripted"] == 60
    assert prove(business).holds


def test_one_of_another_amount_is_theirs_at_once(business, issued, gateway):
    payment = pay(business, issued())
    lost(gateway, arrived=False)
    refund(business, payment, 4_000)
    assert tell(business, gateway, payment, made_there(payment, 2_500)) == "refund succeeded"
    assert prove(business).holds
