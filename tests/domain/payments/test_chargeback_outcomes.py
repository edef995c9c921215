"""What a gateway's word does to a chargeback: every word in every state, its fee, its problem."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from counterfoil.domain.payments.chargeback_outcomes import CONTESTED, judge_chargeback
from counterfoil.domain.payments.rows import ChargebackRow, RefundedPayment
from counterfoil.domain.payments.states import CHARGEBACK, ChargebackState
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage as Stage
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PAID, ALICE, ACCOUNT = UUID(int=1), UUID(int=2), UUID(int=3)
EURO = Money(4_000, "EUR")
FEE = Money(1_500, "EUR")


def payment(refunded=0, charged_back=0):
    return RefundedPayment(PAID, "succeeded", "EUR", 10_000, 0, refunded, 0, charged_back, 0)


def said(stage, amount=EURO, **more):
    return ChargebackTold(gateway_ref="dp_1", charge="ch_1", stage=stage, amount=amount, **more)


def judged(known, told, paid=None):
    return judge_chargeback(
        known, paid or payment(), told, customer_id=ALICE, gateway_account_id=ACCOUNT, at=AT
    )


def known(state, **more):
    opened = judged(None, said(Stage.NEEDS_RESPONSE, fee=FEE)).chargeback
    return replace(opened, state=state, **more)


def test_one_that_is_new():
    told = said(
        Stage.NEEDS_RESPONSE, fee=FEE, reason_code="x" * 61, evidence_due_at=AT + DAY,
        opened_at=AT - DAY, decided_at=AT,
    )  # fmt: skip
    change = judged(None, told)

    assert change.chargeback == ChargebackRow(
        id=change.chargeback.id, attempt_id=PAID, customer_id=ALICE, gateway_account_id=ACCOUNT,
        state="open", gateway_ref="dp_1", currency="EUR", amount_minor=4_000, fee_minor=1_500,
        held_minor=4_000, taken_minor=0, payment_currency="EUR", reason_code="x" * 60, problem="",
        opened_at=AT - DAY, evidence_due_at=AT + DAY, evidence_text="", evidence_by="",
        evidence_sent_at=None, decided_at=None, looked_at=None,
    )  # fmt: skip
    assert (change.source, change.fee, change.money_taken) == (None, FEE, True)
    assert judged(None, said(Stage.NEEDS_RESPONSE)).chargeback.opened_at == AT


STAGES = {
    None: [(Stage.NEEDS_RESPONSE, "open"), (Stage.UNDER_REVIEW, "answered"), (Stage.WON, "won"),
           (Stage.LOST, "lost")],
    "open": [(Stage.NEEDS_RESPONSE, None), (Stage.UNDER_REVIEW, "answered"), (Stage.WON, "won"),
             (Stage.LOST, "lost")],
    "answered": [(Stage.NEEDS_RESPONSE, None), (Stage.UNDER_REVIEW, None), (Stage.WON, "won"),
                 (Stage.LOST, "lost")],
    "won": [(stage, None) for stage in Stage],
    "lost": [(Stage.NEEDS_RESPONSE, None), (Stage.UNDER_REVIEW, None), (Stage.WON, "won"),
             (Stage.LOST, None)],
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "stage", "target"),
    [(state, *word) for state, words in STAGES.items() for word in words],
)
def test_each_word_in_each_state(state, stage, target):
    before = known(state) if state else None
    change = judged(before, said(stage))

    assert (change.target.value if change else None) == target
    if change:
        assert change.chargeback.state == target
        assert change.source == state
        assert change.money_taken == (state is None)
        assert change.money_back == (target == "won" and state != "lost")
        assert change.money_lost == (target == "lost")
        assert change.money_back_late == (target == "won" and state == "lost")
        assert change.chargeback.decided_at == (AT if target in ("won", "lost") else None)


def test_what_is_contested_may_still_be_lost():
    assert {state for state in ChargebackState if CHARGEBACK.allows(state, "lost")} == CONTESTED


def test_what_is_told_of_its_days_is_kept():
    told = said(Stage.LOST, decided_at=AT - DAY)
    assert judged(known("open"), told).chargeback.decided_at == AT - DAY
    due = known("open", evidence_due_at=AT + DAY)
    assert judged(due, said(Stage.UNDER_REVIEW)).chargeback.evidence_due_at == AT + DAY
    later = said(Stage.UNDER_REVIEW, evidence_due_at=AT + 2 * DAY)
    assert judged(due, later).chargeback.evidence_due_at == AT + 2 * DAY


@pytest.mark.parametrize(
    ("stage", "fee", "booked", "kept"),
    [
        (Stage.WON, Money(0, "EUR"), -1_500, 0),
        (Stage.WON, None, 0, 1_500),
        (Stage.LOST, Money(2_000, "EUR"), 500, 2_000),
        (Stage.LOST, Money(2_000, "USD"), 0, 1_500),
        (Stage.UNDER_REVIEW, Money(2_000, "EUR"), 0, 1_500),
    ],
)
def test_its_fee_is_booked_when_it_is_new_and_when_it_is_decided(stage, fee, booked, kept):
    change = judged(known("open"), said(stage, fee=fee))
    assert (change.fee, change.chargeback.fee_minor) == (Money(booked, "EUR"), kept)


@pytest.mark.parametrize(
    ("amount", "held", "problem"),
    [
        (Money(7_000, "EUR"), 7_000, ""),
        (Money(7_001, "EUR"), 7_001, "above_payment"),
        (Money(1, "USD"), 10_000, "other_currency"),
        (Money(90_000, "USD"), 10_000, "other_currency"),
    ],
)
def test_it_is_a_fact_that_keeps_its_problem(amount, held, problem):
    told = said(Stage.NEEDS_RESPONSE, amount)
    one = judged(None, told, payment(1_000, 2_000)).chargeback
    assert (one.held_minor, one.problem, one.amount) == (held, problem, amount)
    assert one.payment_currency == "EUR"


@pytest.mark.parametrize(
    ("problem", "amount", "kept"),
    [
        ("", EURO, ""),
        ("", Money(4_001, "EUR"), "amount_changed"),
        ("above_payment", Money(4_001, "EUR"), "above_payment"),
    ],
)
def test_another_amount_later_is_a_problem_and_the_first_problem_stays(problem, amount, kept):
    one = judged(known("open", problem=problem), said(Stage.LOST, amount)).chargeback
    assert (one.problem, one.amount) == (kept, EURO)
