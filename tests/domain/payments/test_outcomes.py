"""What a gateway's word does to an attempt: every word in every state, and what is written."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from counterfoil.domain.payments.outcomes import (
    CHECK_PAUSES,
    AttemptOutcome,
    Doubt,
    judge,
    judge_paid_again,
    judge_returns,
)
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.payments.states import AttemptState as A
from counterfoil.infra.secrets.marks import mark_of
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

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
EARLIER = datetime(2026, 2, 28, 9, tzinfo=UTC)
ID, MANDATE = UUID(int=1), UUID(int=5)
EURO = Money(10_000, "EUR")
CLOSED = Failure(FailureCode.ACCOUNT_CLOSED, "the account is closed", bank_code="AC04")
VISA = Instrument("card", "visa", "4242", fingerprint="fp_1")


def row(state, **said):
    plain = AttemptRow(
        id=ID, intent_id=UUID(int=2), customer_id=UUID(int=3), gateway_account_id=UUID(int=4),
        state=state, currency="EUR", amount_minor=10_000, payer="Alice", locale="en",
        gateway_ref="ch_0", instrument_kind="bank_debit", instrument_brand="sepa",
        instrument_last4="0007", instrument_mark="mark_0", failure_code="", failure_detail="",
        step_url="https://bank.example/0", step_kind="redirect", arrived_minor=0, mandate_id=None,
        method_id=None, settles_date=None, expected_date=None, surcharge_minor=0, bank_code="",
        created_at=EARLIER, submitted_at=EARLIER, finished_at=None, checks=3,
        next_check_at=EARLIER, gateway_kind="scripted",
    )  # fmt: skip
    return replace(plain, **said)


def said(result, amount=None, **more):
    return Outcome("pay_1", result, amount=amount, **more)


def judged(attempt, outcome, occurred_at=None):
    told = [AttemptOutcome(UUID(int=9), said(Result.FAILED)),
            AttemptOutcome(attempt.id, outcome, occurred_at)]  # fmt: skip
    return judge([attempt], told, at=AT)


def changed(attempt, outcome, occurred_at=None):
    (change,) = judged(attempt, outcome, occurred_at).changes
    return change


def written(before, change):
    """What is other than before; the row shown is the one that the move writes."""
    after = change.attempt
    assert after == replace(before, state=change.target.value, **change.move.columns)
    assert (change.move.object_id, change.move.target) == (before.id, change.target)
    assert change.move.source == before.state
    names = [field.name for field in fields(after)]
    return {n: getattr(after, n) for n in names if getattr(after, n) != getattr(before, n)}


WORDS = {
    "submitted": [
        (Result.SUCCEEDED, "succeeded"), (Result.FAILED, "failed"), (Result.ABSENT, "cancelled"),
        (Result.PROCESSING, "processing"), (Result.ACTION_REQUIRED, "action_required"),
        (Result.UNKNOWN, "unknown"), (Result.CANCELLED, "cancelled"),
        (Result.RETURNED, "succeeded"),
    ],
    "processing": [
        (Result.SUCCEEDED, "succeeded"), (Result.PROCESSING, None), (Result.FAILED, "failed"),
        (Result.ACTION_REQUIRED, None),
    ],
    "failed": [
        (Result.SUCCEEDED, "succeeded"), (Result.PROCESSING, None), (Result.UNKNOWN, None),
        (Result.FAILED, None), (Result.RETURNED, "succeeded"),
    ],
    "cancelled": [(Result.SUCCEEDED, "succeeded"), (Result.FAILED, None)],
    "succeeded": [(one, None) for one in Result],
    "returned": [(one, None) for one in Result],
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "result", "target"),
    [(state, *word) for state, words in WORDS.items() for word in words],
)
def test_each_word_in_each_state(state, result, target):
    found = judged(row(state), said(result, EURO))

    assert [one.target.value for one in found.changes] == ([target] if target else [])
    assert (found.doubts, found.dates, found.arrivals) == ((), (), ())
    for one in found.changes:
        assert one.money_arrived == (target == "succeeded")
        assert one.came_to_nothing == (target in ("failed", "cancelled"))
        assert not one.came_late


def test_a_success_writes_what_paid():
    before = row("submitted", failure_code="abandoned", arrived_minor=40)
    change = changed(before, said(Result.SUCCEEDED, EURO, gateway_ref="ch_1", instrument=VISA))

    columns = written(before, change)
    assert "fp_1" not in columns["instrument_mark"]
    assert columns.pop("instrument_mark") == mark_of("card", "fp_1")
    assert columns == {
        "state": "succeeded", "gateway_ref": "ch_1", "instrument_kind": "card",
        "instrument_brand": "visa", "instrument_last4": "4242", "failure_code": "", "step_url": "",
        "finished_at": AT, "checks": 0, "next_check_at": None,
    }  # fmt: skip
    assert change.move.reason == ""


def test_when_the_money_moved_counts_and_not_when_it_is_told():
    assert changed(
        row("processing"), said(Result.SUCCEEDED, EURO), EARLIER
    ).attempt.finished_at == (EARLIER)


def test_what_is_not_told_stays():
    before = row("submitted")
    columns = written(before, changed(before, said(Result.SUCCEEDED, EURO)))
    assert columns == {
        "state": "succeeded", "step_url": "", "finished_at": AT, "checks": 0, "next_check_at": None
    }  # fmt: skip


def test_a_failure_writes_why():
    before = row("processing")
    change = changed(before, said(Result.FAILED, failure=replace(CLOSED, message="x" * 301)))
    assert written(before, change) == {
        "state": "failed", "failure_code": "account_closed", "failure_detail": "x" * 300,
        "bank_code": "AC04", "step_url": "", "finished_at": AT, "checks": 0, "next_check_at": None,
    }  # fmt: skip
    assert change.move.reason == f"account_closed: AC04, {'x' * 301}"


@pytest.mark.parametrize("result", [Result.UNKNOWN, Result.PROCESSING, Result.CANCELLED])
def test_a_failure_beside_another_word_is_none(result):
    one = changed(row("submitted"), said(result, failure=CLOSED)).attempt
    assert (one.failure_code, one.failure_detail, one.bank_code) == ("", "", "")


def test_what_the_payer_has_to_do_is_kept():
    before = row("submitted")
    step = NextStep(StepKind.HOSTED_PAGE, "https://gateway.example/1")
    needs = Failure(FailureCode.AUTHENTICATION_REQUIRED, "ask the payer")
    change = changed(before, said(Result.ACTION_REQUIRED, step=step, failure=needs))
    assert written(before, change) == {
        "state": "action_required", "step_url": "https://gateway.example/1",
        "step_kind": "hosted_page", "failure_code": "authentication_required",
        "failure_detail": "ask the payer", "checks": 0, "next_check_at": AT + timedelta(minutes=2),
    }  # fmt: skip


def test_one_that_never_got_there_was_not_sent():
    assert changed(row("unknown"), said(Result.ABSENT)).attempt.was_not_sent
    assert changed(row("unknown"), said(Result.CANCELLED)).attempt.failure_code == ""


@pytest.mark.parametrize(
    ("result", "pause"), [(Result.UNKNOWN, 5), (Result.PROCESSING, 3600)]
)  # fmt: skip
def test_what_is_not_over_is_asked_about(result, pause):
    one = changed(row("submitted"), said(result)).attempt
    assert (one.next_check_at, one.finished_at) == (AT + timedelta(seconds=pause), None)


def test_a_gateway_is_asked_ever_less_often():
    assert [pause.total_seconds() for pause in CHECK_PAUSES] == [5, 15, 60, 300, 900, 3600]


@pytest.mark.parametrize(
    ("amount", "detail"),
    [(Money(9_999, "EUR"), "9999 EUR"), (Money(10_001, "EUR"), "10001 EUR"),
     (Money(10_000, "USD"), "10000 USD")],
)  # fmt: skip
def test_a_success_over_another_amount_is_not_believed(amount, detail):
    why = f"amount_mismatch: the gateway says {detail}"
    change = changed(row("submitted"), said(Result.SUCCEEDED, amount))

    one = change.attempt
    assert (one.state, one.amount_minor, change.move.reason) == ("unknown", 10_000, why)
    assert (one.failure_code, one.failure_detail) == ("amount_mismatch", why)
    assert not one.is_undecided
    again = judged(row("unknown"), said(Result.SUCCEEDED, amount, gateway_ref="ch_1"))
    assert (again.changes, again.doubts) == ((), (Doubt(ID, why, "ch_1"),))
    assert judged(row("succeeded"), said(Result.SUCCEEDED, amount)).doubts == ()
    late = judged(row("failed"), said(Result.SUCCEEDED, amount, gateway_ref="ch_1"))
    assert (late.changes, late.doubts) == ((), (Doubt(ID, why, "ch_1"),))


def test_a_success_over_no_amount_is_not_believed():
    change = changed(row("submitted"), said(Result.SUCCEEDED))
    assert (change.target, change.attempt.failure_code) == (A.UNKNOWN, "")


@pytest.mark.parametrize(
    ("arrived", "is_enough"),
    [(Money(101, "EUR"), True), (Money(12_000, "EUR"), True), (Money(100, "EUR"), False),
     (Money(12_000, "USD"), False)],
)  # fmt: skip
def test_whoever_decides_how_much_is_sent_has_paid_what_arrived(arrived, is_enough):
    before = row("processing", surcharge_minor=100)
    one = changed(before, said(Result.SUCCEEDED, arrived, amount_is_open=True)).attempt
    assert (one.state, one.amount_minor) == (
        ("succeeded", arrived.minor) if is_enough else ("unknown", 10_000)
    )


@pytest.mark.parametrize(
    ("amount", "is_open", "targets"),
    [(EURO, True, ["processing"]), (EURO, False, []), (None, True, [])],
)
def test_what_failed_is_under_way_again_where_the_money_was_seen(amount, is_open, targets):
    found = judged(row("failed"), said(Result.PROCESSING, amount, amount_is_open=is_open))
    assert [one.target.value for one in found.changes] == targets
    assert all(one.came_late for one in found.changes)
    on_time = changed(row("submitted"), said(Result.PROCESSING, EURO, amount_is_open=True))
    assert not on_time.came_late


def test_a_new_day_for_a_debit_under_way():
    day = date(2026, 3, 9)
    assert judged(row("processing"), said(Result.PROCESSING, settles_on=day)).dates == ((ID, day),)
    assert judged(row("unknown"), said(Result.UNKNOWN, settles_on=day)).dates == ()
    first = changed(row("submitted"), said(Result.PROCESSING, settles_on=day)).attempt
    assert (first.settles_date, first.expected_date) == (day, None)
    known = row("unknown", settles_date=day)
    assert changed(known, said(Result.PROCESSING)).attempt.settles_date == day


@pytest.mark.parametrize("state", ["action_required", "processing"])
def test_what_came_so_far_is_kept(state):
    def arrivals(arrived, had=40):
        return judged(row(state, arrived_minor=had), said(Result(state), arrived=arrived)).arrivals

    assert arrivals(Money(60, "EUR")) == ((ID, 60),)
    assert arrivals(Money(40, "EUR")) == arrivals(Money(60, "USD")) == arrivals(None) == ()
    over = row("succeeded" if state == "processing" else "failed")
    assert judged(over, said(Result(state), arrived=Money(60, "EUR"))).arrivals == ()
    moved = changed(row("submitted"), said(Result(state), arrived=Money(60, "EUR")))
    assert moved.attempt.arrived_minor == 60


@pytest.mark.parametrize(
    ("known", "told", "expected"),
    [
        ({"mandate_id": MANDATE, "submitted_at": None}, {}, date(2026, 3, 11)),
        ({"mandate_id": MANDATE}, {}, date(2026, 3, 11)),  # handed in on a Saturday
        ({"mandate_id": MANDATE, "submitted_at": datetime(2026, 3, 6, 9, tzinfo=UTC)}, {},
         date(2026, 3, 17)),
        ({}, {}, None),
        ({"mandate_id": MANDATE}, {"settles_on": date(2026, 3, 5)}, None),
        ({"mandate_id": MANDATE, "settles_date": date(2026, 3, 5)}, {}, None),
        ({"mandate_id": MANDATE, "expected_date": date(2026, 3, 5)}, {}, date(2026, 3, 5)),
    ],
)  # fmt: skip
def test_a_debit_is_expected_where_its_gateway_tells_no_day(known, told, expected):
    one = changed(row("submitted", **known), said(Result.PROCESSING, **told)).attempt
    assert one.expected_date == expected
    over = changed(row("submitted", **known), said(Result.FAILED, **told)).attempt
    assert over.expected_date == known.get("expected_date")


def back(attempt, outcome, occurred_at=None):
    return judge_returns([attempt], [AttemptOutcome(ID, outcome, occurred_at)], at=AT)


def test_a_paid_debit_that_its_bank_sent_back():
    before = row("succeeded", finished_at=EARLIER)
    (change,) = back(before, said(Result.RETURNED, EURO, failure=CLOSED)).changes

    assert written(before, change) == {
        "state": "returned", "failure_code": "account_closed", "bank_code": "AC04",
        "failure_detail": "the account is closed", "step_url": "", "finished_at": AT, "checks": 0,
        "next_check_at": None,
    }  # fmt: skip
    assert (change.money_arrived, change.came_to_nothing) == (False, False)
    (dated,) = back(before, said(Result.RETURNED, EURO), EARLIER).changes
    assert dated.attempt.finished_at == EARLIER
    (silent,) = back(before, said(Result.RETURNED)).changes
    assert silent.target == A.RETURNED


def test_what_is_no_return():
    assert back(row("succeeded"), said(Result.FAILED, EURO)).changes == ()
    assert back(row("returned"), said(Result.RETURNED, EURO)).changes == ()
    other = replace(row("succeeded"), id=UUID(int=7))
    assert back(other, said(Result.RETURNED, EURO)).changes == ()
    found = back(row("succeeded"), said(Result.RETURNED, Money(1, "EUR"), gateway_ref="ch_1"))
    why = "amount_mismatch: the gateway says 1 EUR"
    assert (found.changes, found.doubts) == ((), (Doubt(ID, why, "ch_1"),))


def test_each_of_several_returns_is_judged():
    first, second = row("processing"), replace(row("succeeded"), id=UUID(int=7))
    told = [AttemptOutcome(one.id, said(Result.RETURNED, EURO)) for one in (first, second)]
    wrong = replace(row("succeeded"), id=UUID(int=8), amount_minor=1)
    told.append(AttemptOutcome(wrong.id, said(Result.RETURNED, EURO)))

    found = judge_returns([wrong, first, second], told, at=AT)

    assert [one.attempt.id for one in found.changes] == [second.id]
    assert [one.attempt_id for one in found.doubts] == [wrong.id]


@pytest.mark.parametrize(
    ("state", "finished", "result", "amount", "is_paid"),
    [
        ("returned", EARLIER, Result.SUCCEEDED, EURO, True),
        ("returned", AT, Result.SUCCEEDED, EURO, False),
        ("succeeded", EARLIER, Result.SUCCEEDED, EURO, False),
        ("returned", EARLIER, Result.RETURNED, EURO, False),
        ("returned", EARLIER, Result.SUCCEEDED, Money(1, "EUR"), False),
        ("returned", EARLIER, Result.SUCCEEDED, None, False),
        ("returned", EARLIER, Result.FAILED, EURO, False),
    ],
)
def test_a_debit_that_came_back_is_paid_after_all(state, finished, result, amount, is_paid):
    before = row(state, finished_at=finished, bank_code="AC04", failure_code="account_closed")
    change = judge_paid_again(before, said(result, amount), EARLIER, at=AT)

    assert (change is not None) == is_paid
    if change:
        assert written(before, change) == {
            "state": "succeeded", "failure_code": "", "bank_code": "", "step_url": "",
            "finished_at": AT, "checks": 0, "next_check_at": None,
        }  # fmt: skip
