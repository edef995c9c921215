"""GoCardless's words in ours: states, late failures, reasons of banks, amounts, payouts."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.gocardless import payouts, reasons, translate
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.mandates import MandateState
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result
from counterfoil.kernel.ports.gateways.payouts import MovementKind, PayoutStage

FIXTURES = Path(__file__).parent / "fixtures"
PAYMENT = json.loads((FIXTURES / "payment.json").read_text())
LATE = json.loads((FIXTURES / "late_failure_events.json").read_text())
PAYOUT = json.loads((FIXTURES / "payout.json").read_text())
REFERENCE = PAYMENT["metadata"]["counterfoil"]
KNOWN = {"pending_customer_approval", "pending_submission", "submitted", "confirmed", "paid_out",
         "failed", "customer_approval_denied", "cancelled", "charged_back"}  # fmt: skip


def told(status: str, *events):
    return translate.outcome_of(PAYMENT | {"status": status}, events)


def test_a_debit_under_way_says_when_it_should_be_paid():
    outcome = told("pending_submission")
    assert (outcome.reference, outcome.result) == (REFERENCE, Result.PROCESSING)
    assert (outcome.amount, outcome.gateway_ref) == (Money(20355, "EUR"), "PM00Q7")
    assert str(outcome.settles_on) == "2026-03-06"
    assert outcome.instrument
    assert (outcome.instrument.kind, outcome.instrument.brand) == ("bank_debit", "sepa_core")


@pytest.mark.parametrize("scheme", ["sepa_core", "bacs", "ach", "a_new_one"])
def test_schemes_are_kept_apart(scheme):
    outcome = translate.outcome_of(PAYMENT | {"scheme": scheme})
    assert outcome.instrument
    assert outcome.instrument.brand == scheme


def test_a_failure_before_the_money_came_is_failed_and_moved_nothing():
    outcome = told("failed", LATE[0], LATE[2])
    assert (outcome.result, outcome.amount) == (Result.FAILED, None)


def test_a_late_failure_is_a_return_with_the_banks_code():
    outcome = told("failed", *LATE)
    assert (outcome.result, outcome.amount) == (Result.RETURNED, Money(20355, "EUR"))
    assert outcome.failure
    assert (outcome.failure.code, outcome.failure.bank_code) == (FailureCode.ACCOUNT_CLOSED, "AC04")
    assert outcome.failure.hard
    assert outcome.failure.message == (
        "bank_account_closed: sepa_core: The payer's account is closed."
    )


def test_a_chargeback_is_a_return_contested_by_the_payer():
    event = LATE[2] | {
        "action": "charged_back",
        "details": {"cause": "refund_requested", "reason_code": "MD06", "scheme": "sepa_core"},
    }
    outcome = told("charged_back", event)
    assert outcome.failure
    assert (outcome.result, outcome.failure.code) == (Result.RETURNED, FailureCode.DEBIT_CONTESTED)
    assert outcome.failure.bank_code == "MD06"


def test_a_reason_that_is_new_is_kept_in_their_words():
    failure = reasons.failure_of({"cause": "solar_flare", "reason_code": "ZZ99"})
    assert (failure.code, failure.message) == (FailureCode.GATEWAY_REFUSED, "solar_flare")
    assert failure.bank_code == "ZZ99"


@given(st.text().filter(lambda word: word not in KNOWN))
def test_a_status_that_is_new_is_neither_success_nor_failure(status):
    assert told(status).result is Result.UNKNOWN


@given(st.text())
def test_a_refund_or_mandate_whose_status_is_new_is_unknown(status):
    refund = {"id": "RF1", "status": status + "?", "amount": 1, "currency": "EUR",
              "links": {"payment": "PM1"}, "metadata": {}}  # fmt: skip
    assert translate.refund_of(refund).result is Result.UNKNOWN
    mandate = {"id": "MD1", "status": status + "?", "scheme": "bacs", "metadata": {}}
    assert translate.mandate_of(mandate).state is MandateState.UNKNOWN


@pytest.mark.parametrize("status", ["pending_submission", "submitted", "active"])
def test_a_mandate_may_be_debited_before_the_bank_has_seen_it(status):
    mandate = {"id": "MD1", "status": status, "scheme": "sepa_core", "metadata": {}}
    assert translate.mandate_of(mandate).state is MandateState.ACTIVE


@pytest.mark.parametrize("minor", [203.55, "20355", None, True])
def test_an_amount_is_a_whole_number_or_nothing(minor):
    with pytest.raises(answers.Unreadable):
        translate.outcome_of(PAYMENT | {"amount": minor})


@pytest.mark.parametrize("currency", ["JPY", "KWD", "ISK", "euro", None])
def test_a_currency_without_hundredths_is_never_taken_for_one(currency):
    """GoCardless has no such currency; a reading of one would be wrong by a factor."""
    with pytest.raises(answers.Unreadable):
        translate.outcome_of(PAYMENT | {"currency": currency})


@given(st.integers(1, 10**12), st.sampled_from(["EUR", "GBP", "USD", "SEK", "DKK", "AUD"]))
def test_amounts_go_there_and_back_exactly(minor, currency):
    amount = Money(minor, currency)
    request = ChargeRequest("pay_1", amount, "", "cus_1", "x" * 500, "", mandate="MD1")
    body = translate.payment_body(request)
    assert translate.money(body["amount"], body["currency"]) == amount
    assert len(str(body["description"])) == 100
    assert body["retry_if_possible"] is False


@pytest.mark.parametrize("spoil", ["id", "status", "amount", "currency", "charge_date"])
def test_a_payment_that_lacks_a_part_is_unreadable(spoil):
    with pytest.raises(answers.Unreadable):
        translate.outcome_of({name: value for name, value in PAYMENT.items() if name != spoil})


def test_a_payout_comes_to_its_items_although_fees_have_tenths():
    payout = payouts.payout_of(PAYOUT["payout"])
    assert (payout.stage, payout.descriptor) == (PayoutStage.PAID, "HARROW-Q1")
    moved = list(payouts.movements_of(payout, PAYOUT["items"]))
    assert sum(one.net.minor for one in moved) == payout.amount.minor == 29744
    assert [(one.kind, one.net.minor) for one in moved] == [
        (MovementKind.CHARGE, 20355),
        (MovementKind.FEE, -26),
        (MovementKind.CHARGE, 11440),
        (MovementKind.FEE, -25),
        (MovementKind.REFUND, -1000),
        (MovementKind.RETURN, -1000),
        (MovementKind.ADJUSTMENT, 0),
    ]
    assert (moved[4].source, moved[4].charge) == ("RF00Q2", "PM00Q7")


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 9)), max_size=30))
def test_whole_amounts_stay_whole_between_tenths(amounts):
    payout = payouts.payout_of(PAYOUT["payout"])
    items = [
        {"type": kind, "amount": text, "links": {}}
        for whole, tenth in amounts
        for kind, text in (("payment_paid_out", f"{whole}.0"), ("gocardless_fee", f"-1.{tenth}"))
    ]
    moved = list(payouts.movements_of(payout, items))
    assert [one.net.minor for one in moved[::2]] == [whole for whole, _ in amounts]
    exact = sum(whole * 10 - 10 - tenth for whole, tenth in amounts)
    assert sum(one.net.minor for one in moved) == exact // 10
    assert len({one.gateway_ref for one in moved}) == len(moved)


def test_a_payout_that_can_not_be_read_is_unavailable():
    with pytest.raises(Unavailable):
        payouts.payout_of({})
    payout = payouts.payout_of(PAYOUT["payout"])
    with pytest.raises(Unavailable):
        list(payouts.movements_of(payout, [{"type": "refund", "amount": "1e3", "links": {}}]))
