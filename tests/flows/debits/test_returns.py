"""Debits that come back: on their way, or long after they were paid; in any order, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.refunds import refund_payment
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.invoices import line
from factories.payments import pay
from flows.debits.scripted import told
from ledger_text import counts, events, journal, trial_balance

LATER = AT + timedelta(days=3)
RECEIVED = """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
2026-03-04 payment_received   PAY            clearing:scripted     receivable:Alice       100.00 EUR
"""


@pytest.fixture
def say(business, gateway):
    """Settles what the gateway says of an attempt."""

    def said(attempt, result, code="", at=LATER):
        outcome = told(encode("pay", attempt.id), result, attempt.amount, code)
        if result is Result.FAILED:
            outcome = replace(outcome, amount=None)
        return settle(business, [AttemptOutcome(attempt.id, outcome)], at=at, by=SYSTEM)

    return said


def now(business, attempt):
    with reading(business):
        return queries.attempt(business, attempt.id)


def open_minor(business, invoice):
    with reading(business):
        return receivables.items(business, [invoice.id])[invoice.id].open_minor


def test_a_debit_that_is_paid_is_received_when_it_is_paid(business, issued, pay_by_debit, say):
    attempt = pay_by_debit(issued())
    say(attempt, Result.SUCCEEDED)
    assert journal(business) == RECEIVED


@pytest.mark.parametrize(
    ("code", "mandate_state"),
    [
        ("AM04", "active"), ("R01", "active"), ("ARUDD-0", "active"),
        ("AC04", "revoked"), ("AC06", "revoked"), ("MD01", "revoked"), ("MD06", "revoked"),
        ("R02", "revoked"), ("R07", "revoked"), ("R10", "revoked"), ("R16", "revoked"),
        ("ARUDD-1", "revoked"), ("ARUDD-B", "revoked"), ("DDICA", "revoked"),
        ("AC01", "failed"), ("R03", "failed"), ("ARUDD-5", "failed"),
    ],
)  # fmt: skip
def test_a_return_on_the_way_frees_the_invoice_and_ends_what_it_must(
    business, issued, pay_by_debit, say, code, mandate_state
):
    invoice = issued()
    attempt = pay_by_debit(invoice)

    say(attempt, Result.FAILED, code)

    found = now(business, attempt)
    assert (found.state, found.bank_code) == ("failed", code)
    with reading(business):
        mandate = mandates.mandate(business, attempt.mandate_id)
    assert mandate.state == mandate_state
    assert mandate.end_reason == ("" if mandate_state == "active" else code)
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert pay(business, invoice).state == "succeeded"


def test_a_paid_debit_that_comes_back_is_taken_off_and_the_invoice_is_open(
    business, issued, pay_by_debit, say
):
    invoice = issued()
    attempt = pay_by_debit(invoice)
    say(attempt, Result.SUCCEEDED)

    say(attempt, Result.RETURNED, "MD06", LATER + timedelta(days=5))

    found = now(business, attempt)
    assert (found.state, found.bank_code, found.failure_code) == (
        "returned", "MD06", "account_closed"
    )  # fmt: skip
    assert open_minor(business, invoice) == 10_000
    assert (
        journal(business)
        == RECEIVED
        + """\
2026-03-09 payment_returned   PAY            receivable:Alice      clearing:scripted      100.00 EUR
"""
    )
    assert events(business)[-3:] == ["payment.returned", "invoice.reopened", "mandate.revoked"]
    assert pay(business, invoice).state == "succeeded"


def test_a_return_told_twice_changes_nothing_more(business, issued, pay_by_debit, say):
    attempt = pay_by_debit(issued())
    say(attempt, Result.SUCCEEDED)
    say(attempt, Result.RETURNED, "AM04")
    before = counts(business)

    assert say(attempt, Result.RETURNED, "AM04") == []
    assert say(attempt, Result.SUCCEEDED) == []
    assert say(attempt, Result.FAILED, "AM04") == []
    assert counts(business) == before


def test_a_return_told_before_the_success_books_both_and_ends_the_same(
    business, issued, pay_by_debit, say
):
    invoice = issued()
    attempt = pay_by_debit(invoice)

    assert [str(one.state) for one in say(attempt, Result.RETURNED, "AM04")] == [
        "succeeded", "returned"
    ]  # fmt: skip
    before = counts(business)
    say(attempt, Result.SUCCEEDED)

    assert counts(business) == before
    assert open_minor(business, invoice) == 10_000
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert [one for one in events(business) if one.startswith("payment.")] == [
        "payment.processing", "payment.succeeded", "payment.returned"
    ]  # fmt: skip


def test_several_invoices_and_a_surplus_come_off_again(business, issued, pay_by_debit, say):
    first, second = issued(line("40")), issued(line("60"))
    attempt = pay_by_debit(first, second, amount_minor=11_000)
    say(attempt, Result.SUCCEEDED)

    say(attempt, Result.RETURNED, "AM04")

    assert (open_minor(business, first), open_minor(business, second)) == (4_000, 6_000)
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}


def refunded(business, attempt, minor):
    wanted = refund_payment.RefundCommand(attempt.id, f"refund-{minor}", minor, "asked for")
    return refund_payment.start(business, wanted, by=SYSTEM, at=LATER)


def test_what_was_refunded_before_is_not_taken_off_twice(business, issued, pay_by_debit, say):
    invoice = issued()
    attempt = pay_by_debit(invoice)
    say(attempt, Result.SUCCEEDED)
    refunded(business, attempt, 3_000)
    assert open_minor(business, invoice) == 3_000

    say(attempt, Result.RETURNED, "MD06")

    assert open_minor(business, invoice) == 10_000
    assert trial_balance(business) == {
        "receivable:Alice": 100, "revenue": -100, "clearing:scripted": -30, "chargeback_losses": 30
    }  # fmt: skip


def test_a_refund_that_succeeds_after_the_return_is_lost_money_and_booked(
    business, issued, gateway, pay_by_debit, say
):
    from counterfoil.flows.refunds.settle_refund import settle_refunds
    from factories.gateways import refunded as went

    attempt = pay_by_debit(issued())
    say(attempt, Result.SUCCEEDED)
    asked = []

    def pending(request):
        asked.append(request)
        return went(request, result=Result.PROCESSING)

    gateway.refund_answer = pending
    refund = refunded(business, attempt, 3_000)
    say(attempt, Result.RETURNED, "MD06")
    from counterfoil.domain.payments.refund_outcomes import RefundTold

    settle_refunds(business, [RefundTold(refund.id, went(asked[0]))], at=LATER, by=SYSTEM)

    assert trial_balance(business) == {
        "receivable:Alice": 100, "revenue": -100, "clearing:scripted": -30, "chargeback_losses": 30
    }  # fmt: skip
    back = went(asked[0], result=Result.FAILED)
    settle_refunds(business, [RefundTold(refund.id, back)], at=LATER, by=SYSTEM)
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}


def test_a_return_of_another_amount_is_not_believed(business, issued, pay_by_debit):
    invoice = issued()
    attempt = pay_by_debit(invoice)
    reference = encode("pay", attempt.id)
    paid = told(reference, Result.SUCCEEDED, attempt.amount)
    settle(business, [AttemptOutcome(attempt.id, paid)], at=LATER, by=SYSTEM)

    other = told(reference, Result.RETURNED, Money(9_999, "EUR"), "AM04")
    assert settle(business, [AttemptOutcome(attempt.id, other)], at=LATER, by=SYSTEM) == []

    found = now(business, attempt)
    assert (found.state, found.failure_code) == ("succeeded", "amount_mismatch")
    assert open_minor(business, invoice) == 0


def test_a_payment_taken_off_by_hand_comes_back_as_credit_gone(business, issued, pay_by_debit, say):
    from counterfoil.flows.refunds.unapply_payment import unapply

    invoice = issued()
    attempt = pay_by_debit(invoice)
    say(attempt, Result.SUCCEEDED)
    unapply(business, attempt.id, invoice.id, at=LATER, by=SYSTEM)

    say(attempt, Result.RETURNED, "AM04")

    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
