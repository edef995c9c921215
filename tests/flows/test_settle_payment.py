"""The one door: whoever comes second, late or with another amount changes nothing that is true."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows import issue_invoices
from counterfoil.flows.settle_payment import Settled, settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.gateways import failed, succeeded
from factories.invoices import line
from factories.payments import pay
from ledger_text import counts, events, journal, trial_balance

LATER = AT + timedelta(days=2)


def success(attempt, amount=None):
    reference = encode("pay", attempt.id)
    return AttemptOutcome(attempt.id, succeeded(reference, amount or attempt.amount))


def failure(attempt):
    return AttemptOutcome(attempt.id, failed(encode("pay", attempt.id)))


def settle_all(business, *outcomes, at=LATER):
    return settle(business, list(outcomes), at=at, by=SYSTEM)


def fresh(business, attempt):
    with reading(business):
        return payments.attempt(business, attempt.id)


def history(business, attempt):
    from counterfoil.infra.db import execute

    with reading(business):
        return execute(
            """
            SELECT from_state, to_state, reason FROM infra_transition
            WHERE business_id = %(b)s::uuid AND object_id = %(id)s::uuid ORDER BY seq
            """,
            {"b": business, "id": attempt.id},
        )


def test_success_after_processing(business, issued, gateway):
    attempt = pay(business, issued(), source="slow")

    assert settle_all(business, success(attempt)) == [Settled(attempt.id, AttemptState.SUCCEEDED)]
    assert history(business, attempt) == [
        ("", "created", ""),
        ("created", "submitted", ""),
        ("submitted", "processing", ""),
        ("processing", "succeeded", ""),
    ]
    assert (
        journal(business)
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
2026-03-03 payment_received   PAY            clearing:scripted     receivable:Alice       100.00 EUR
"""
    )


def test_twice_is_once(business, issued, gateway):
    attempt = pay(business, issued(), source="slow")
    settle_all(business, success(attempt))
    before = counts(business)

    assert settle_all(business, success(attempt)) == []
    assert settle_all(business, failure(attempt)) == []
    assert counts(business) == before


def test_the_same_attempt_twice_in_a_batch(business, issued, gateway):
    attempt = pay(business, issued(), source="slow")

    settle_all(business, success(attempt), success(attempt))

    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}


def test_a_late_success_after_failure_pays_the_invoice(business, issued, gateway):
    attempt = pay(business, issued(), source="declined")

    settle_all(business, success(attempt))

    assert fresh(business, attempt).state == "succeeded"
    assert (fresh(business, attempt).failure_code, fresh(business, attempt).finished_at) == (
        "", LATER
    )  # fmt: skip
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    assert events(business)[-3:] == ["payment.failed", "payment.succeeded", "invoice.paid"]


def test_a_late_success_on_a_paid_invoice_becomes_credit(business, issued, gateway):
    invoice = issued()
    first = pay(business, invoice, source="declined")
    pay(business, invoice)

    settle_all(business, success(first))

    assert trial_balance(business) == {
        "clearing:scripted": 200, "customer_credit:Alice": -100, "revenue": -100
    }  # fmt: skip
    with reading(business):
        assert receivables.open_claims(business, [invoice.id]) == {}


def test_a_late_success_leaves_the_running_attempts_claim_alone(business, issued, gateway):
    invoice = issued()
    first = pay(business, invoice, source="declined")
    second = pay(business, invoice, source="slow")

    settle_all(business, success(first))

    with reading(business):
        assert receivables.open_claims(business, [invoice.id])[invoice.id].attempt_id == second.id
    settle_all(business, success(second))
    assert trial_balance(business) == {
        "clearing:scripted": 200, "customer_credit:Alice": -100, "revenue": -100
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arrived", "books", "told"),
    [
        (4000, {"clearing:scripted": 40, "receivable:Alice": 60, "revenue": -100}, 0),
        (
            12500,
            {"clearing:scripted": 125, "customer_credit:Alice": -25, "revenue": -100},
            1,
        ),
    ],
)
def test_where_the_payer_decides_how_much_is_sent_what_arrived_counts(
    business, issued, gateway, arrived, books, told
):
    attempt = pay(business, issued(), source="slow")
    outcome = replace(success(attempt, Money(arrived, "EUR")).outcome, amount_is_open=True)

    settle_all(business, AttemptOutcome(attempt.id, outcome))

    assert fresh(business, attempt).amount_minor == arrived
    assert trial_balance(business) == books
    assert events(business).count("invoice.paid") == told
    assert prove(business).holds


def test_nothing_that_arrived_is_no_success(business, issued, gateway):
    attempt = pay(business, issued(), source="slow")
    told = success(attempt).outcome
    outcome = replace(told, amount=Money(0, "EUR"), amount_is_open=True)

    settle_all(business, AttemptOutcome(attempt.id, outcome))

    assert fresh(business, attempt).state == "unknown"


def test_a_late_success_on_a_void_invoice_becomes_credit(business, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice, source="declined")
    issue_invoices.void(business, invoice.id, at=AT, by=SYSTEM)

    settle_all(business, success(attempt))

    assert trial_balance(business) == {
        "clearing:scripted": 100, "customer_credit:Alice": -100
    }  # fmt: skip


def test_failure_after_processing_frees_the_claim(business, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice, source="slow")

    settle_all(business, failure(attempt))

    assert fresh(business, attempt).failure_code == "card_declined"
    assert pay(business, invoice).state == "succeeded"


def test_another_amount_is_kept_for_a_person(business, issued, gateway):
    attempt = pay(business, issued(), source="slow")

    settle_all(business, success(attempt, Money(9_999, "EUR")))

    found = fresh(business, attempt)
    assert (found.state, found.failure_code, found.failure_detail) == (
        "unknown",
        "amount_mismatch",
        "amount_mismatch: the gateway says 9999 EUR",
    )
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}


def test_another_amount_after_a_lost_answer_is_kept_too(business, issued, gateway):
    attempt = pay(business, issued(), source="lost")

    told = success(attempt, Money(10_000, "USD"))
    settle_all(business, told)

    found = fresh(business, attempt)
    assert (found.state, found.failure_code) == ("unknown", "amount_mismatch")
    assert attempt.gateway_ref == ""
    assert found.gateway_ref == told.outcome.gateway_ref  # by which a refund of it is told


def test_another_amount_after_failure_is_never_dropped(business, issued, gateway):
    attempt = pay(business, issued(), source="declined")

    settle_all(business, success(attempt, Money(9_999, "EUR")))

    found = fresh(business, attempt)
    assert (found.state, found.failure_code) == ("failed", "amount_mismatch")


def test_success_without_an_amount_is_not_believed(business, issued, gateway):
    attempt = pay(business, issued(), source="slow")
    outcome = Outcome(encode("pay", attempt.id), Result.SUCCEEDED)

    settle_all(business, AttemptOutcome(attempt.id, outcome))

    assert fresh(business, attempt).state == "unknown"


def test_a_batch_over_one_invoice_says_paid_once(business, issued, gateway):
    invoice = issued()
    first = pay(business, invoice, source="declined", parts=((invoice.id, 4_000),))
    second = pay(business, invoice, source="slow", parts=((invoice.id, 6_000),))

    settle_all(business, success(first), success(second))

    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    assert events(business).count("invoice.paid") == 1


def test_a_batch_mixes_outcomes(business, issued, gateway):
    one, two, three = (
        pay(business, issued(line(price)), source="slow") for price in ("10", "20", "30")
    )

    settled = settle_all(business, success(one), failure(two), success(three))

    assert {item.attempt_id: item.state.value for item in settled} == {
        one.id: "succeeded", two.id: "failed", three.id: "succeeded"
    }  # fmt: skip
    assert trial_balance(business) == {
        "clearing:scripted": 40, "receivable:Alice": 20, "revenue": -60
    }  # fmt: skip


def test_another_businesss_attempt_is_not_touched(business, other_business, issued, gateway):
    attempt = pay(business, issued(), source="slow")

    assert settle_all(other_business, success(attempt)) == []

    assert fresh(business, attempt).state == "processing"
    assert counts(other_business)["ledger_journalentry"] == 0


@pytest.mark.parametrize("size", [1, 3])
def test_statements_of_a_settlement(business, issued, gateway, size):
    attempts = [pay(business, issued(), source="slow") for _ in range(size)]
    statements = []

    def count(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        settle_all(business, *map(success, attempts))

    assert len(statements) == STATEMENTS


STATEMENTS = 5  # four on our tables, and one that defers the mail
