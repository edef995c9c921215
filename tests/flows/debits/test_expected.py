"""Debits whose gateway tells no day: by when they are known, and who is told before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows.letters.send_debit_letters import send_debit_notice
from counterfoil.flows.letters.send_messages import send_payment_failed
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.sealed import letters
from flows.debits.scripted import debit, told

SOON = AT + timedelta(seconds=20)


@pytest.fixture
def no_day(gateway):
    """The gateway tells no day, as Stripe does not."""
    gateway.answers["account"] = lambda request: replace(debit(request), settles_on=None)


def written(business):
    return letters(business, "recipient", "subject", "text", where="m.template = 'debit_notice'")


def silence(business, **more):
    """No contact gets receipts."""
    changed = ", ".join(f"{name} = {value}" for name, value in more.items())
    words = f"UPDATE customers_contact SET gets_receipts = false{changed and ', '}{changed}"
    write(business, words, {})


def write(business, words, values):
    words += " WHERE business_id = %(b)s::uuid"
    run(business, lambda: execute(words, {"b": business} | values))


def test_our_own_guess_is_kept_as_one(business, issued, no_day, pay_by_debit):
    attempt = pay_by_debit(issued())

    assert (attempt.state, attempt.settles_date) == ("processing", None)
    assert attempt.expected_date == date(2026, 3, 11)  # a Sunday; seven business days after Monday


def test_the_payer_is_told_before_though_no_day_is_known(business, issued, no_day, pay_by_debit):
    attempt = pay_by_debit(issued())

    assert len(send_debit_notice(business, attempt.id, at=AT)) == 1
    assert send_debit_notice(business, attempt.id, at=AT) == []

    ((_to, subject, text),) = written(business)
    assert subject == "Harrow Water debits €100.00 by about 11 March 2026"
    assert "From 3 March 2026 until about 11 March 2026" in text
    assert "Mandate reference: HARROW-" in text


def test_the_gateway_s_own_word_comes_before_our_guess(business, issued, no_day, pay_by_debit):
    attempt = pay_by_debit(issued())
    outcome = told(encode("pay", attempt.id), Result.PROCESSING, attempt.amount)
    outcome = replace(outcome, settles_on=date(2026, 3, 5))
    settle(business, [AttemptOutcome(attempt.id, outcome)], at=SOON, by=SYSTEM)

    with reading(business):
        assert queries.attempt(business, attempt.id).until == date(2026, 3, 5)


def test_a_debit_with_a_guess_that_fails_at_once_is_told_of(business, issued, no_day, pay_by_debit):
    attempt = pay_by_debit(issued())
    outcome = told(encode("pay", attempt.id), Result.FAILED, None, "AM04")
    settle(business, [AttemptOutcome(attempt.id, outcome)], at=SOON, by=SYSTEM)

    assert len(send_payment_failed(business, attempt.id, at=SOON)) == 1


def test_where_nobody_gets_receipts_who_paid_is_told(business, issued, pay_by_debit):
    silence(business)
    attempt = pay_by_debit(issued(), payer="carol@example.com")

    assert len(send_debit_notice(business, attempt.id, at=AT)) == 1

    ((to, _subject, _text),) = written(business)
    assert to == "carol@example.com"


def test_a_contact_who_paid_is_told_by_their_own_address(business, issued, pay_by_debit, customer):
    from counterfoil.domain.customers import queries as customers

    with reading(business):
        contact = customers.contacts(business, [customer])[0]
    silence(business)
    attempt = pay_by_debit(issued(), payer="Alice")
    by = {"by": f"contact:{contact.id}"}
    write(business, "UPDATE payments_intent SET created_by = %(by)s", by)

    send_debit_notice(business, attempt.id, at=AT)
    assert [to for to, _subject, _text in written(business)] == [contact.email]


def test_else_whoever_may_see_the_invoices(business, issued, pay_by_debit):
    silence(business)
    attempt = pay_by_debit(issued(), payer="")
    send_debit_notice(business, attempt.id, at=AT)
    assert len(written(business)) == 1


def test_who_may_not_see_invoices_is_not_told(business, issued, pay_by_debit):
    silence(business, rights="'[\"statements\"]'")
    attempt = pay_by_debit(issued(), payer="")
    assert send_debit_notice(business, attempt.id, at=AT) == []
