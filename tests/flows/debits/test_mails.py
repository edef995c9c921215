"""The mails about debits: before the account is debited, and when the bank says no."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows.letters.send_debit_letters import send_debit_notice, send_payment_returned
from counterfoil.flows.letters.send_messages import send_payment_failed, send_receipt
from counterfoil.flows.settle_payment import settle
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.sealed import letters
from flows.debits.scripted import told

SOON = AT + timedelta(seconds=20)


@pytest.fixture
def say(business, gateway):
    def said(attempt, result, code=""):
        outcome = told(encode("pay", attempt.id), result, attempt.amount, code)
        if result is Result.FAILED:
            outcome = replace(outcome, amount=None)
        settle(business, [AttemptOutcome(attempt.id, outcome)], at=SOON, by=SYSTEM)

    return said


def written(business):
    """Template, subject and text of every mail, oldest first."""
    return letters(business, "template", "subject", "text", where="m.template <> 'invoice_issued'")


def test_the_payer_is_told_before_the_account_is_debited(business, issued, pay_by_debit):
    attempt = pay_by_debit(issued())

    assert len(send_debit_notice(business, attempt.id, at=AT)) == 1
    assert send_debit_notice(business, attempt.id, at=AT) == []

    ((template, subject, text),) = written(business)
    assert (template, subject) == ("debit_notice", "Harrow Water debits €100.00 on 4 March 2026")
    for words in (
        "On or just after 4 March 2026",
        "SEPA debit •••• 3000",
        "Harrow Water Ltd",
        "Creditor identifier: DE98ZZZ09999999999",
        "Mandate reference: HARROW-",
        "Invoice: INV-2026-00001",
    ):
        assert words in text


def test_no_receipt_before_the_money_is_there(business, issued, pay_by_debit, say):
    attempt = pay_by_debit(issued())
    assert send_receipt(business, attempt.id, at=AT) == []

    say(attempt, Result.SUCCEEDED)
    assert len(send_receipt(business, attempt.id, at=SOON)) == 1
    assert send_debit_notice(business, attempt.id, at=SOON) == []


def test_a_debit_that_fails_is_told_of_however_soon(business, issued, pay_by_debit, say):
    attempt = pay_by_debit(issued())
    say(attempt, Result.FAILED, "AM04")

    assert len(send_payment_failed(business, attempt.id, at=SOON)) == 1

    ((template, _subject, text),) = written(business)
    assert template == "payment_failed"
    assert "No money was moved. There was not enough money on the bank account." in text


def test_a_return_is_told_with_what_is_open_again_and_the_mandate_that_ended(
    business, issued, pay_by_debit, say
):
    attempt = pay_by_debit(issued())
    say(attempt, Result.SUCCEEDED)
    say(attempt, Result.RETURNED, "MD06")

    assert len(send_payment_returned(business, attempt.id, at=SOON)) == 1
    assert send_payment_returned(business, attempt.id, at=SOON) == []
    assert send_receipt(business, attempt.id, at=SOON) == []

    ((template, subject, text),) = written(business)
    assert (template, subject) == (
        "payment_returned", "Your payment of €100.00 to Harrow Water came back"
    )  # fmt: skip
    for words in (
        "The money is back on your account.",
        "To pay again: €100.00",
        "has ended: this account is not debited any more",
        "Open again: INV-2026-00001: €100.00",
    ):
        assert words in text
