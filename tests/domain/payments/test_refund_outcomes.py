"""What a gateway's word does to a refund: every word in every state, and what is written."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from counterfoil.domain.payments.refund_outcomes import RefundTold, judge_refunds, step_back
from counterfoil.domain.payments.rows import RefundedPayment, RefundRow
from counterfoil.domain.payments.states import RefundState as R
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
EARLIER = datetime(2026, 2, 28, 9, tzinfo=UTC)
ID, PAID = UUID(int=1), UUID(int=2)
EURO = Money(4_000, "EUR")
CLOSED = Failure(FailureCode.INSTRUMENT_CLOSED, "the card takes nothing")


def row(state, **said):
    plain = RefundRow(
        id=ID, attempt_id=PAID, customer_id=UUID(int=3), gateway_account_id=UUID(int=4),
        state=state, currency="EUR", amount_minor=4_000, reason="", is_ours=True,
        gateway_ref="re_0", failure_code="", failure_detail="", claim_url="https://claim.example/0",
        method="", transfer_ref="", unsent_times=2, created_at=EARLIER, created_by="staff",
        submitted_at=EARLIER, finished_at=None, looked_at=None, checks=3, next_check_at=EARLIER,
    )  # fmt: skip
    return replace(plain, **said)


def payment(refunded=0, charged_back=0):
    return RefundedPayment(PAID, "succeeded", "EUR", 10_000, 4_000, refunded, 0, charged_back, 0)


def said(result, amount=None, **more):
    return RefundOutcome("ref_1", "ch_1", result, amount=amount, **more)


def judged(refund, outcome, *, refunded=0, charged_back=0, occurred_at=None):
    told = [RefundTold(UUID(int=9), said(Result.SUCCEEDED, EURO)),
            RefundTold(refund.id, outcome, occurred_at)]  # fmt: skip
    return judge_refunds([refund], {PAID: payment(refunded, charged_back)}, told, at=AT)


def changed(refund, outcome, **more):
    (change,) = judged(refund, outcome, **more)
    return change


def written(before, change):
    """What is other than before; the row shown is the one that the move writes."""
    after = change.refund
    assert after == replace(before, state=change.target.value, **change.move.columns)
    assert (change.move.object_id, change.move.target) == (before.id, change.target)
    assert change.move.source == change.source == before.state
    names = [field.name for field in fields(after)]
    return {n: getattr(after, n) for n in names if getattr(after, n) != getattr(before, n)}


WORDS = {
    "submitted": [
        (Result.SUCCEEDED, "succeeded"), (Result.FAILED, "failed"), (Result.ABSENT, "cancelled"),
        (Result.PROCESSING, "pending"), (Result.ACTION_REQUIRED, "pending"),
        (Result.UNKNOWN, "unknown"), (Result.CANCELLED, "failed"), (Result.RETURNED, "failed"),
    ],
    "pending": [
        (Result.SUCCEEDED, "succeeded"), (Result.FAILED, "failed"), (Result.ABSENT, None),
        (Result.PROCESSING, None), (Result.UNKNOWN, "unknown"),
    ],
    "succeeded": [
        (Result.SUCCEEDED, None), (Result.FAILED, "returned"), (Result.ABSENT, None),
        (Result.PROCESSING, None), (Result.ACTION_REQUIRED, None), (Result.UNKNOWN, None),
        (Result.CANCELLED, "returned"), (Result.RETURNED, "returned"),
    ],
    "failed": [(Result.SUCCEEDED, "succeeded"), (Result.FAILED, None), (Result.PROCESSING, None)],
    "returned": [(one, None) for one in Result],
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "result", "target"),
    [(state, *word) for state, words in WORDS.items() for word in words],
)
def test_each_word_in_each_state(state, result, target):
    found = judged(row(state), said(result, EURO))

    assert [one.target.value for one in found] == ([target] if target else [])
    for one in found:
        assert one.money_went == (target == "succeeded")
        assert one.money_came_back == (target == "returned")
        assert not one.was_not_sent


def test_a_success_is_written():
    before = row("submitted", failure_code="refund_declined", failure_detail="once")
    change = changed(before, said(Result.SUCCEEDED, EURO, gateway_ref="re_1"))
    assert written(before, change) == {
        "state": "succeeded", "gateway_ref": "re_1", "failure_code": "", "failure_detail": "",
        "finished_at": AT, "checks": 0, "next_check_at": None,
    }  # fmt: skip
    assert (change.move.reason, change.occurred_at) == ("", AT)


def test_when_the_money_moved_counts_and_not_when_it_is_told():
    change = changed(row("submitted"), said(Result.SUCCEEDED, EURO), occurred_at=EARLIER)
    assert (change.refund.finished_at, change.occurred_at) == (EARLIER, EARLIER)


@pytest.mark.parametrize("state", ["submitted", "succeeded"])
def test_a_failure_writes_why(state):
    before = row(state, finished_at=EARLIER)
    change = changed(before, said(Result.FAILED, failure=replace(CLOSED, message="x" * 301)))
    assert written(before, change) == {
        "state": "failed" if state == "submitted" else "returned",
        "failure_code": "instrument_closed", "failure_detail": "x" * 300,
        "finished_at": AT, "checks": 0, "next_check_at": None,
    }  # fmt: skip
    assert change.move.reason == f"instrument_closed: {'x' * 300}"


def test_a_failure_beside_another_word_is_none():
    one = changed(row("submitted"), said(Result.PROCESSING, failure=CLOSED)).refund
    assert (one.failure_code, one.failure_detail) == ("", "")


def test_one_that_was_called_off_over_there_says_so():
    code = FailureCode.REFUND_CANCELLED.value
    assert changed(row("pending"), said(Result.CANCELLED)).refund.failure_code == code
    told = changed(row("pending"), said(Result.CANCELLED, failure=CLOSED)).refund
    assert told.failure_code == "instrument_closed"
    assert changed(row("pending"), said(Result.FAILED)).refund.failure_code == ""


@pytest.mark.parametrize(
    ("result", "pause"), [(Result.UNKNOWN, 5), (Result.PROCESSING, 3600)]
)  # fmt: skip
def test_what_is_not_over_is_asked_about_unless_it_goes_by_hand(result, pause):
    one = changed(row("submitted"), said(result)).refund
    assert (one.next_check_at, one.finished_at) == (AT + timedelta(seconds=pause), None)
    by_hand = changed(row("submitted", method="cheque"), said(result)).refund
    assert (by_hand.next_check_at, by_hand.finished_at, by_hand.looked_at) == (None, None, None)


def test_where_the_payer_fetches_it_is_kept():
    told = said(Result.ACTION_REQUIRED, claim_url="https://claim.example/" + "x" * 500)
    assert changed(row("submitted"), told).refund.claim_url == told.claim_url[:500]


def test_one_that_never_got_there_was_not_sent_and_one_by_hand_is_withdrawn():
    assert changed(row("unknown"), said(Result.ABSENT)).refund.failure_code == "not_sent"
    by_hand = changed(row("pending", method="cheque"), said(Result.ABSENT))
    assert (by_hand.target, by_hand.refund.failure_code) == (R.CANCELLED, "withdrawn")


def test_whoever_says_that_one_by_hand_came_back_has_seen_it():
    one = changed(row("succeeded", method="cheque"), said(Result.RETURNED)).refund
    assert one.looked_at == AT
    assert changed(row("succeeded"), said(Result.RETURNED)).refund.looked_at is None


@pytest.mark.parametrize(
    ("amount", "detail"),
    [(Money(4_001, "EUR"), ": the gateway says 4001 EUR"),
     (Money(4_000, "USD"), ": the gateway says 4000 USD"), (None, "")],
)  # fmt: skip
def test_a_success_over_another_amount_is_not_believed(amount, detail):
    one = changed(row("submitted"), said(Result.SUCCEEDED, amount)).refund
    assert (one.state, one.failure_code) == ("unknown", "amount_mismatch")
    assert one.failure_detail == f"amount_mismatch{detail}"


@pytest.mark.parametrize(("refunded", "is_believed"), [(6_000, True), (6_001, False)])
def test_no_more_is_given_back_than_was_paid_and_a_chargeback_beside_it_is_no_doubt(
    refunded, is_believed
):
    told = said(Result.SUCCEEDED, EURO)
    one = changed(row("submitted"), told, refunded=refunded, charged_back=9_000).refund
    assert (one.state, one.failure_code) == (
        ("succeeded", "") if is_believed else ("unknown", "over_refunded")
    )
    assert judged(row("succeeded"), told, refunded=10_000) == []


def test_of_two_that_are_too_much_together_the_second_is_not_believed():
    first, second = row("submitted"), row("submitted", id=UUID(int=5))
    other = row("pending", id=UUID(int=6))
    told = [RefundTold(one.id, said(Result.SUCCEEDED, EURO)) for one in (first, second)]
    told.append(RefundTold(other.id, said(Result.PROCESSING)))

    found = judge_refunds([other, first, second], {PAID: payment(3_000)}, told, at=AT)

    assert [(one.refund.id, one.target) for one in found] == [
        (first.id, R.SUCCEEDED), (second.id, R.UNKNOWN)
    ]  # fmt: skip


@pytest.mark.parametrize("was", [R.PENDING, R.UNKNOWN])
@pytest.mark.parametrize(("ref", "left"), [("line_1", ""), ("mine", "mine")])
def test_one_that_another_line_was_taken_for_steps_back(was, ref, left):
    before = row("succeeded", method="bank_transfer", gateway_ref=ref, finished_at=EARLIER,
                 failure_detail="once")  # fmt: skip
    change = step_back(before, was, "line_1", at=AT)

    ends = {} if was == R.PENDING else {"failure_code": "withdrawn"}
    kept = {} if ref == left else {"gateway_ref": left}
    assert written(before, change) == {
        "state": "pending" if was == R.PENDING else "cancelled", "failure_detail": "",
        "finished_at": None if was == R.PENDING else AT, "unsent_times": 3, **ends, **kept,
    }  # fmt: skip
    assert change.was_not_sent
    assert (change.move.reason, change.occurred_at) == ("", AT)
