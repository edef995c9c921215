"""Debits that are paid after they came back: only if their gateway says so when it is asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.debits.pay_again import pay_again
from counterfoil.flows.letters.send_debit_letters import send_payment_returned
from counterfoil.flows.letters.send_messages import send_receipt
from counterfoil.flows.receive_event import handle, receive
from counterfoil.flows.refunds import refund_payment
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.gateways import event
from factories.invoices import line
from factories.payments import pay
from flows.debits.scripted import told
from ledger_text import broken, counts, events, inbox, journal, trial_balance

BACK, AGAIN = AT + timedelta(days=8), AT + timedelta(days=12)


@pytest.fixture
def say(business, gateway):
    """Tells of an attempt, and has the gateway say the same when it is asked."""

    def said(attempt, result, code="", at=BACK):
        outcome = told(encode("pay", attempt.id), result, attempt.amount, code)
        gateway.known[outcome.reference] = outcome
        return settle(business, [AttemptOutcome(attempt.id, outcome)], at=at, by=SYSTEM)

    return said


@pytest.fixture
def returned(issued, pay_by_debit, say):
    """Pays invoices by a debit that comes back."""

    def make(*invoices):
        attempt = pay_by_debit(*(invoices or (issued(),)))
        say(attempt, Result.SUCCEEDED, at=AT + timedelta(days=3))
        say(attempt, Result.RETURNED, "AM04")
        return attempt

    return make


def paid_there(gateway, attempt):
    reference = encode("pay", attempt.id)
    gateway.known[reference] = told(reference, Result.SUCCEEDED, attempt.amount)


def now(business, attempt):
    with reading(business):
        return queries.attempt(business, attempt.id)


def open_minor(business, invoice):
    with reading(business):
        return receivables.items(business, [invoice.id])[invoice.id].open_minor


def test_the_return_is_undone_and_the_invoice_is_covered_again(business, gateway, issued, returned):
    invoice = issued()
    attempt = returned(invoice)
    before = journal(business)
    paid_there(gateway, attempt)

    assert pay_again(business, attempt.id, at=AGAIN, by=SYSTEM)

    found = now(business, attempt)
    assert (found.state, found.failure_code, found.bank_code) == ("succeeded", "", "")
    assert open_minor(business, invoice) == 0
    assert (
        journal(business)
        == before
        + """\
2026-03-13 return_undone      PAY            clearing:scripted     customer_credit:Alice  100.00 EUR
2026-03-13 credit_applied     PAY            customer_credit:Alice receivable:Alice       100.00 EUR
"""
    )
    assert events(business)[-2:] == ["payment.succeeded", "invoice.paid"]
    assert broken(business) == []
    done = counts(business)
    assert not pay_again(business, attempt.id, at=AGAIN, by=SYSTEM)
    assert counts(business) == done


def test_an_old_success_that_comes_late_is_no_proof(business, gateway, returned):
    attempt = returned()
    before = counts(business)
    reference = encode("pay", attempt.id)
    late = told(reference, Result.SUCCEEDED, attempt.amount)

    assert settle(business, [AttemptOutcome(attempt.id, late)], at=AGAIN, by=SYSTEM) == []
    assert not pay_again(business, attempt.id, at=AGAIN, by=SYSTEM)

    assert now(business, attempt).state == "returned"
    assert counts(business) == before


def test_an_event_of_it_has_the_gateway_asked(business, gateway, returned):
    attempt = returned()
    paid_there(gateway, attempt)
    headers, body = event("evt_1", encode("pay", attempt.id))
    receive(business, attempt.gateway_account_id, headers=headers, body=body, at=AGAIN)
    ((event_id, _),) = inbox(business)

    gateway.unreachable = Unavailable()
    with pytest.raises(Unavailable):
        handle(business, event_id, at=AGAIN)
    gateway.unreachable = None
    handle(business, event_id, at=AGAIN)

    assert now(business, attempt).state == "succeeded"
    assert inbox(business) == []


def test_what_was_paid_by_others_meanwhile_stays_paid_and_it_is_credit(
    business, gateway, issued, returned
):
    first, second = issued(line("40")), issued(line("60"))
    attempt = returned(first, second)
    pay(business, first)
    paid_there(gateway, attempt)

    pay_again(business, attempt.id, at=AGAIN, by=SYSTEM)

    assert (open_minor(business, first), open_minor(business, second)) == (0, 0)
    assert trial_balance(business)["customer_credit:Alice"] == -40
    assert broken(business) == []


def test_what_had_gone_twice_is_made_good(business, gateway, issued, pay_by_debit, say):
    invoice = issued()
    attempt = pay_by_debit(invoice)
    say(attempt, Result.SUCCEEDED, at=AT + timedelta(days=3))
    wanted = refund_payment.RefundCommand(attempt.id, "refund-1", 3_000, "asked for")
    refund_payment.start(business, wanted, by=SYSTEM, at=AT + timedelta(days=4))
    say(attempt, Result.RETURNED, "AM04")
    assert trial_balance(business)["chargeback_losses"] == 30
    paid_there(gateway, attempt)

    pay_again(business, attempt.id, at=AGAIN, by=SYSTEM)

    assert open_minor(business, invoice) == 3_000
    assert trial_balance(business) == {
        "receivable:Alice": 30, "revenue": -100, "clearing:scripted": 70
    }  # fmt: skip
    assert broken(business) == []


def test_it_may_come_back_again_and_each_time_is_booked_and_told(business, gateway, issued,
                                                                returned, say):  # fmt: skip
    invoice = issued()
    attempt = returned(invoice)
    assert len(send_payment_returned(business, attempt.id, at=BACK)) == 1
    paid_there(gateway, attempt)
    pay_again(business, attempt.id, at=AGAIN, by=SYSTEM)
    assert len(send_receipt(business, attempt.id, at=AGAIN)) == 1
    assert len(send_receipt(business, attempt.id, at=AGAIN, again=BACK.isoformat())) == 1
    assert send_receipt(business, attempt.id, at=AGAIN, again=BACK.isoformat()) == []

    say(attempt, Result.RETURNED, "AM04", at=AGAIN + timedelta(days=1))

    assert open_minor(business, invoice) == 10_000
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert len(send_payment_returned(business, attempt.id, at=AGAIN)) == 1
    assert broken(business) == []


def test_another_amount_is_not_believed(business, gateway, returned):
    attempt = returned()
    paid_there(gateway, attempt)
    reference = encode("pay", attempt.id)
    more = replace(gateway.known[reference], amount=attempt.amount + attempt.amount)
    gateway.known[reference] = more

    assert not pay_again(business, attempt.id, at=AGAIN, by=SYSTEM)
    assert now(business, attempt).state == "returned"


def test_what_came_back_again_while_the_gateway_was_asked_is_left_alone(
    business, gateway, returned, say
):
    """The answer is of the first return, and the debit has been paid and come back since."""
    from counterfoil.domain.payments.outcomes import judge_paid_again

    attempt = returned()
    found = now(business, attempt)
    outcome = told(encode("pay", attempt.id), Result.SUCCEEDED, attempt.amount)
    assert judge_paid_again(found, outcome, found.finished_at, at=AGAIN)
    assert judge_paid_again(found, outcome, AGAIN, at=AGAIN) is None
