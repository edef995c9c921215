"""Chargebacks: the bank takes money back, and every step stands in the books, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.refunds import PaymentContested, RefundTooHigh
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.receive_event import handle, receive
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage as Stage
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.gateways import event, refunded, succeeded
from factories.payments import pay
from factories.refunds import refund
from ledger_text import broken, counts, events, inbox, trial_balance


def tell(business, gateway, payment, fact, ref="evt_d1", known=None):
    """The gateway pushes what it says of a chargeback (and knows `known`, or just that); returns
    what is noted of it."""
    gateway.after.chargebacks[ref] = fact
    gateway.after.chargebacks[fact.gateway_ref] = known or fact
    headers, body = event(ref, ref, kind="dispute.updated")
    receive(business, payment.gateway_account_id, headers=headers, body=body, at=AT)
    for event_id, _ in inbox(business):
        handle(business, event_id, at=AT)
    with reading(business):
        return execute(
            "SELECT remark FROM payments_gatewayevent WHERE business_id = %(b)s::uuid "
            "AND ref = %(ref)s",
            {"b": business, "ref": ref},
        )[0][0]


def told(business, gateway, payment, fact, *stages):
    """The same chargeback, stage after stage."""
    return [
        tell(business, gateway, payment, staged(fact, stage), ref=f"evt_{index}_{stage}")
        for index, stage in enumerate(stages)
    ]


def the_payment(business, payment):
    with reading(business):
        return receivables.payment(business, payment.id)


def the_invoice(business, invoice):
    with reading(business):
        return receivables.items(business, [invoice.id])[invoice.id]


def only(business, payment):
    with reading(business):
        (found,) = chargebacks.chargebacks_of(business, [payment.id])
    return found


def test_an_open_chargeback_stands_in_dispute_and_the_invoice_stays_paid(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)

    said = told(business, gateway, payment, contested(payment), Stage.NEEDS_RESPONSE,
                Stage.NEEDS_RESPONSE)  # fmt: skip

    assert said == ["chargeback open", "known already"]
    assert trial_balance(business) == {
        "clearing:scripted": -15, "gateway_fees:scripted": 15, "in_dispute:scripted": 100,
        "revenue": -100,
    }  # fmt: skip
    assert the_payment(business, payment).status == "charged_back"
    assert the_invoice(business, invoice).open_minor == 0
    assert events(business)[-1] == "chargeback.opened"
    assert broken(business) == []


def test_its_event_says_until_when_as_all_times_are_said(business, issued, gateway):
    payment = pay(business, issued())
    due_at = AT + timedelta(days=7, microseconds=767_123)
    open_one = contested(payment, evidence_due_at=due_at)
    told(business, gateway, payment, open_one, Stage.NEEDS_RESPONSE)
    with reading(business):
        [(body,)] = execute(
            "SELECT body->>'evidence_due_at' FROM infra_event"
            " WHERE business_id = %(b)s::uuid AND kind = 'chargeback.opened'",
            {"b": business},
        )

    assert body == "2026-03-08T09:00:00.767Z"


def test_a_won_chargeback_is_as_if_it_never_was(business, issued, gateway):
    payment = pay(business, issued())
    before = trial_balance(business)

    said = told(business, gateway, payment, contested(payment), Stage.NEEDS_RESPONSE,
                Stage.UNDER_REVIEW, Stage.WON, Stage.WON)  # fmt: skip

    assert said[1:] == ["chargeback answered", "chargeback won", "known already"]
    assert trial_balance(business) == before
    assert the_payment(business, payment).status == "succeeded"
    assert refund(business, payment, 4_000).state == "succeeded"
    assert broken(business) == []


def test_a_lost_chargeback_opens_the_invoice_again(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)

    told(business, gateway, payment, contested(payment), Stage.NEEDS_RESPONSE, Stage.LOST)

    assert trial_balance(business) == {
        "clearing:scripted": -15, "gateway_fees:scripted": 15, "receivable:Alice": 100,
        "revenue": -100,
    }  # fmt: skip
    assert the_invoice(business, invoice).open_minor == 10_000
    assert the_payment(business, payment).status == "charged_back"
    assert events(business)[-2:] == ["chargeback.lost", "invoice.reopened"]
    assert broken(business) == []
    with pytest.raises(Exception, match="nothing left"):
        refund(business, payment, 1)


@pytest.mark.parametrize("stage", [Stage.WON, Stage.LOST, Stage.UNDER_REVIEW])
def test_one_first_heard_of_late_is_opened_and_decided_in_one_go(business, issued, gateway, stage):
    payment = pay(business, issued())

    told(business, gateway, payment, contested(payment), stage, Stage.NEEDS_RESPONSE)

    assert only(business, payment).state == {"under_review": "answered"}.get(stage, stage)
    assert "chargeback.opened" in events(business)
    assert broken(business) == []


def test_the_banks_late_word_gives_the_money_back_as_credit(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)

    said = told(business, gateway, payment, contested(payment), Stage.LOST, Stage.WON)

    assert said == ["chargeback lost", "chargeback won"]
    assert trial_balance(business) == {
        "clearing:scripted": 100, "customer_credit:Alice": -100, "receivable:Alice": 100,
        "revenue": -100,
    }  # fmt: skip
    assert the_payment(business, payment).unapplied_minor == 10_000
    assert broken(business) == []


def test_a_chargeback_before_its_charge_fetches_the_charge(business, issued, gateway):
    payment = pay(business, issued(), source="slow")
    reference = encode("pay", payment.id)
    gateway.known[reference] = succeeded(reference, payment.amount)
    fact = contested(payment, charge="ch_not_told_yet", reference=reference)

    assert tell(business, gateway, payment, fact) == "chargeback open"

    assert the_payment(business, payment).status == "charged_back"
    assert broken(business) == []


def test_while_the_charge_can_not_be_asked_for_its_chargeback_waits(business, issued, gateway):
    payment = pay(business, issued(), source="lost")
    reference = encode("pay", payment.id)
    charged = gateway.known.pop(reference)
    fact = contested(payment, charge="ch_not_told_yet", reference=reference)
    with pytest.raises(Unavailable):
        tell(business, gateway, payment, fact)
    [(event_id, _)] = inbox(business)

    gateway.known[reference] = charged
    handle(business, event_id, at=AT)
    assert the_payment(business, payment).status == "charged_back"
    assert broken(business) == []


def test_a_chargeback_of_a_payment_that_is_not_believed_waits_for_a_person(
    business, issued, gateway
):
    payment = pay(business, issued(), source="more")
    assert payment.failure_code == "amount_mismatch"
    said = tell(business, gateway, payment, contested(payment))
    assert said == "unplaced: a chargeback of a payment that has not arrived"


def test_and_is_acted_on_once_the_right_amount_is_told(business, issued, gateway):
    payment = pay(business, issued(), source="more")
    tell(business, gateway, payment, contested(payment), ref=f"evt_{payment.gateway_ref}")
    right = replace(
        succeeded(encode("pay", payment.id), payment.amount), gateway_ref=payment.gateway_ref
    )
    settle(business, [AttemptOutcome(payment.id, right)], at=AT, by=SYSTEM)

    assert the_payment(business, payment).status == "succeeded"
    [(event_id, _)] = inbox(business)
    handle(business, event_id, at=AT)
    assert the_payment(business, payment).status == "charged_back"
    assert inbox(business) == []
    assert broken(business) == []


def test_a_chargeback_of_nothing_of_ours_is_set_aside(business, issued, gateway):
    payment = pay(business, issued())
    declined = pay(business, issued(), source="declined")
    before = counts(business)
    foreign = contested(payment, charge="ch_somebody")

    assert tell(business, gateway, payment, foreign).startswith("unplaced: a chargeback of a ch")
    said = tell(business, gateway, payment, contested(declined), ref="evt_2")
    assert said == "unplaced: a chargeback of a payment that has not arrived"

    assert counts(business) == before | {"payments_gatewayevent": 2}


def test_after_a_part_refund_the_whole_is_booked_and_the_surplus_is_our_loss(
    business, issued, gateway
):
    invoice = issued()
    payment = pay(business, invoice)
    refund(business, payment, 3_000)

    told(business, gateway, payment, contested(payment), Stage.NEEDS_RESPONSE)
    assert only(business, payment).problem == "above_payment"
    assert broken(business) == []
    told(business, gateway, payment, contested(payment), Stage.LOST)

    assert trial_balance(business) == {
        "chargeback_losses": 30, "clearing:scripted": -45, "gateway_fees:scripted": 15,
        "receivable:Alice": 100, "revenue": -100,
    }  # fmt: skip
    assert the_invoice(business, invoice).open_minor == 10_000
    assert broken(business) == []


def test_one_above_the_payment_is_booked_with_the_difference(business, issued, gateway):
    payment = pay(business, issued())

    told(business, gateway, payment, contested(payment, 10_650), Stage.NEEDS_RESPONSE, Stage.LOST)

    assert only(business, payment).problem == "above_payment"
    assert trial_balance(business)["chargeback_losses"] == Money(650, "EUR").decimal
    assert broken(business) == []


@pytest.mark.parametrize("end", [Stage.WON, Stage.LOST])
def test_one_in_another_currency_is_booked_in_both(business, issued, gateway, end):
    invoice = issued()
    payment = pay(business, invoice)
    dollars = replace(contested(payment), amount=Money(11_000, "USD"), fee=Money(1_500, "USD"))

    told(business, gateway, payment, dollars, Stage.NEEDS_RESPONSE, end)

    assert only(business, payment).problem == "other_currency"
    left = the_invoice(business, invoice).open_minor
    assert left == (10_000 if end is Stage.LOST else 0)
    assert broken(business) == []


def test_our_refund_of_a_contested_payment_is_refused(business, issued, gateway):
    payment = pay(business, issued())
    told(business, gateway, payment, contested(payment, 2_000), Stage.NEEDS_RESPONSE)
    before = counts(business)

    with pytest.raises(PaymentContested):
        refund(business, payment, 100)
    assert counts(business) == before

    told(business, gateway, payment, contested(payment, 2_000), Stage.LOST)
    with pytest.raises(RefundTooHigh):
        refund(business, payment, 8_001)
    assert refund(business, payment, 8_000).state == "succeeded"
    assert broken(business) == []


def test_a_refund_under_way_and_a_chargeback_of_all_both_stand(business, issued, gateway):
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, result=Result.UNKNOWN, amount=None)
    refund(business, payment, 6_000)

    told(business, gateway, payment, contested(payment), Stage.NEEDS_RESPONSE)

    assert broken(business) == []
    told(business, gateway, payment, contested(payment), Stage.WON)
    assert broken(business) == []


def test_a_refund_that_ends_well_after_a_lost_chargeback_is_our_loss(business, issued, gateway):
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, result=Result.UNKNOWN, amount=None)
    under_way = refund(business, payment, 6_000)
    told(business, gateway, payment, contested(payment), Stage.NEEDS_RESPONSE, Stage.LOST)

    gone = RefundOutcome("", "", Result.SUCCEEDED, "re_1", under_way.amount)
    changes = settle_refunds(business, [RefundTold(under_way.id, gone)], at=AT, by=SYSTEM)

    assert [one.target for one in changes] == ["succeeded"]
    assert trial_balance(business) == {
        "chargeback_losses": 60, "clearing:scripted": -75, "gateway_fees:scripted": 15,
        "receivable:Alice": 100, "revenue": -100,
    }  # fmt: skip
    assert broken(business) == []


@pytest.mark.parametrize(
    "said", [{"amount": 10_001}, {"amount": 1}, {"stage": Stage.WON}, {"fee": Money(0, "EUR")}]
)
def test_a_signed_event_is_a_hint_and_the_gateway_is_asked(business, issued, gateway, said):
    payment = pay(business, issued())
    there = contested(payment, stage=Stage.LOST)

    tell(business, gateway, payment, contested(payment, **said), known=there)

    row = only(business, payment)
    assert (row.state, row.amount_minor, row.fee_minor) == ("lost", 10_000, 1_500)
    assert broken(business) == []


def test_a_gateway_that_can_not_be_asked_is_asked_again(business, issued, gateway):
    payment = pay(business, issued())
    gateway.after.trouble = Unavailable()
    with pytest.raises(Unavailable):
        tell(business, gateway, payment, contested(payment))
    assert "in_dispute:scripted" not in trial_balance(business)

    gateway.after.trouble = None
    ((event_id, _),) = inbox(business)
    handle(business, event_id, at=AT)
    assert only(business, payment).state == "open"


def test_a_chargeback_that_the_gateway_does_not_know_is_not_booked(business, issued, gateway):
    payment = pay(business, issued())
    forged = contested(payment, gateway_ref="dis_forged")
    headers, body = event("evt_f", "evt_f", kind="dispute.updated")
    gateway.after.chargebacks["evt_f"] = forged
    receive(business, payment.gateway_account_id, headers=headers, body=body, at=AT)
    ((event_id, _),) = inbox(business)

    with pytest.raises(Unavailable):
        handle(business, event_id, at=AT)

    with reading(business):
        assert chargebacks.chargebacks_of(business, [payment.id]) == []
    assert len(inbox(business)) == 1
