"""Attempts and the inbox by themselves."""

from datetime import timedelta

import pytest

from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome, judge
from counterfoil.domain.payments.rows import NewAttempt
from counterfoil.domain.payments.states import AttemptState
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    Instrument,
    NextStep,
    Result,
    StepKind,
)
from factories.businesses import AT
from ledger_text import counts, inbox

ALICE = Actor(ActorKind.CONTACT, "alice")
EURO = Money(10_000, "EUR")


@pytest.fixture
def account(business):
    with reading(business):
        return queries.active_accounts(business)[0]


@pytest.fixture
def begin(business, customer, account):
    def begin(form_key="form"):
        new = NewAttempt(customer, account.id, EURO, form_key, payer="Alice")
        return payments.begin_attempt(business, new, at=AT, by=ALICE)

    return begin


def read(business, attempt_id):
    with reading(business):
        return queries.attempt(business, attempt_id)


def record(business, attempt_id, result, **said):
    outcome = Outcome(encode("pay", attempt_id), result, **said)

    def work():
        judged = judge(
            list(queries.attempts(business, [attempt_id]).values()),
            [AttemptOutcome(attempt_id, outcome)],
            at=AT,
        )
        payments.record(business, judged, at=AT, by=ALICE)
        return list(judged.changes)

    return run(business, work)


def test_an_attempt_begins_submitted(business, begin):
    attempt = read(business, begin())
    assert (attempt.state, attempt.submitted_at, attempt.next_check_at) == (
        "submitted", AT, AT + timedelta(seconds=15)
    )  # fmt: skip
    with reading(business):
        rows = execute(
            "SELECT seq, from_state, to_state, actor FROM infra_transition "
            "WHERE business_id = %(b)s::uuid AND object_id = %(id)s::uuid ORDER BY seq",
            {"b": business, "id": attempt.id},
        )
    assert rows == [
        (1, "", "created", "contact:alice"), (2, "created", "submitted", "contact:alice")
    ]  # fmt: skip


def test_a_form_begins_one_attempt(business, begin):
    begin()
    before = counts(business)
    with pytest.raises(payments.FormSentAlready):
        begin()
    assert counts(business) == before


OUTCOMES = [
    (Result.SUCCEEDED, {"amount": EURO}, AttemptState.SUCCEEDED, None),
    (Result.FAILED, {}, AttemptState.FAILED, None),
    (Result.ABSENT, {}, AttemptState.CANCELLED, None),
    (Result.CANCELLED, {}, AttemptState.CANCELLED, None),
    (Result.UNKNOWN, {}, AttemptState.UNKNOWN, timedelta(seconds=5)),
    (Result.ACTION_REQUIRED, {}, AttemptState.ACTION_REQUIRED, timedelta(minutes=2)),
    (Result.PROCESSING, {}, AttemptState.PROCESSING, timedelta(hours=1)),
]


def test_every_result_has_its_outcome():
    assert [result for result, *_ in OUTCOMES] == list(dict.fromkeys(r for r, *_ in OUTCOMES))
    assert {result for result, *_ in OUTCOMES} == set(Result) - {Result.RETURNED}


@pytest.mark.parametrize(("result", "said", "state", "check"), OUTCOMES)
def test_an_outcome_is_recorded(business, begin, result, said, state, check):
    attempt_id = begin()

    [change] = record(business, attempt_id, result, **said)

    assert (change.move.source, change.target) == (AttemptState.SUBMITTED, state)
    assert change.attempt == read(business, attempt_id)
    assert change.attempt.next_check_at == (check and AT + check)
    assert change.attempt.finished_at == (None if check else AT)
    assert record(business, attempt_id, result, **said) == []


def test_what_paid_is_kept(business, begin):
    attempt_id = begin()
    step = NextStep(StepKind.REDIRECT, url="https://bank.example/")
    record(business, attempt_id, Result.ACTION_REQUIRED, gateway_ref="ch_1", step=step)
    assert read(business, attempt_id).step_url == "https://bank.example/"

    record(
        business, attempt_id, Result.SUCCEEDED, amount=EURO,
        instrument=Instrument("card", "visa", "4242"),
    )  # fmt: skip

    found = read(business, attempt_id)
    assert (found.gateway_ref, found.instrument_brand, found.instrument_last4, found.step_url) == (
        "ch_1", "visa", "4242", ""
    )  # fmt: skip


def test_what_came_so_far_is_kept_and_whose_page_its_payer_was_on(business, begin):
    attempt_id = begin()
    step = NextStep(StepKind.HOSTED_PAGE, url="https://coins.example/")
    ours, other = Money(60, EURO.currency), Money(70, "USD")
    waits = Result.ACTION_REQUIRED
    record(business, attempt_id, waits, step=step)
    assert read(business, attempt_id).arrived_minor == 0
    for arrived, kept in ((ours, 60), (other, 60), (None, 60), (Money(75, EURO.currency), 75)):
        assert record(business, attempt_id, waits, step=step, arrived=arrived) == []
        assert read(business, attempt_id).arrived_minor == kept

    record(business, attempt_id, Result.SUCCEEDED, amount=EURO)

    found = read(business, attempt_id)
    assert (found.step_kind, found.step_url, found.amount) == ("hosted_page", "", EURO)


def test_why_it_failed_is_kept(business, begin):
    attempt_id = begin()
    failure = Failure(FailureCode.EXPIRED_CARD, "x" * 400)
    record(business, attempt_id, Result.FAILED, failure=failure)
    found = read(business, attempt_id)
    assert (found.failure_code, len(found.failure_detail)) == ("expired_card", 300)


def test_an_unknown_attempt_changes_nothing(business, begin):
    assert record(business, new_id(), Result.FAILED) == []
    with pytest.raises(NotFound):
        read(business, new_id())


def test_an_event_is_kept_once_per_account(business, account):
    def keep(ref="evt_1", account_id=account.id):
        return payments.keep_event(
            business, account_id, ref=ref, kind="charge", body='{"a": "\u00e9"}',
            at=AT,
        )  # fmt: skip

    first = keep()
    assert keep() is None
    assert keep("evt_2") is not None
    with reading(business):
        event = queries.inbox_event(business, first)
    assert len(inbox(business)) == 2
    assert (event.ref, event.body) == ("evt_1", '{"a": "\u00e9"}')

    payments.mark_event(business, first, remark="done", at=AT)

    with reading(business):
        assert queries.inbox_event(business, first) is None
    assert len(inbox(business)) == 1


def test_secrets_are_opened_for_the_adapter_only(account):
    assert account.opened.secrets["secret_key"] == "sk_test"
    assert "sk_test" not in repr(account)
