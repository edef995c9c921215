"""Mollie's words in ours: states, returned debits, chargebacks, exact amounts, settlements."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.mollie import payouts, reasons, translate
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Instrument, MethodKind, Result
from counterfoil.kernel.ports.gateways.payouts import MovementKind, PayoutStage

FIXTURES = Path(__file__).parent / "fixtures"
PAYMENT = json.loads((FIXTURES / "payment.json").read_text())
CHARGEBACK = json.loads((FIXTURES / "chargeback.json").read_text())
SETTLEMENT = json.loads((FIXTURES / "settlement.json").read_text())
ALL = Money(20355, "EUR")
PAGE = {"checkout": {"href": "https://pay.mollie.example/q7"}}


def told(**change):
    return translate.outcome_of(PAYMENT | change)


def debit(*chargebacks, **change):
    return told(method="directdebit", _embedded={"chargebacks": list(chargebacks)}, **change)


def test_a_paid_payment_brought_its_amount():
    outcome = told()
    assert (outcome.result, outcome.amount, outcome.gateway_ref) == (
        Result.SUCCEEDED, ALL, "tr_q7Harrow",
    )  # fmt: skip
    assert outcome.reference == "pay_01kjpq7f00e9r8k2v1m3n4p5q6"
    assert outcome.instrument == Instrument("card", "visa", "4242", holder="A. Payer")


@pytest.mark.parametrize(
    ("status", "links", "result"),
    [
        ("open", PAGE, Result.ACTION_REQUIRED),
        ("open", {}, Result.PROCESSING),
        ("pending", {}, Result.PROCESSING),
        ("authorized", {}, Result.PROCESSING),
        ("failed", {}, Result.FAILED),
        ("expired", {}, Result.FAILED),
        ("canceled", {}, Result.CANCELLED),
        ("levitating", {}, Result.UNKNOWN),
    ],
)
def test_each_state_has_its_word(status, links, result):
    outcome = told(status=status, _links=links, method=None, details=None)
    assert outcome.result is result
    assert (outcome.amount is None) is (result is not Result.PROCESSING)
    assert (outcome.failure is not None) is (result is Result.FAILED)
    assert (outcome.step.url if outcome.step else None) == (
        "https://pay.mollie.example/q7" if result is Result.ACTION_REQUIRED else None
    )


@given(st.text().filter(lambda word: word not in translate._RESULTS))
def test_a_status_that_is_new_is_neither_success_nor_failure(status):
    assert told(status=status).result is Result.UNKNOWN
    refund = PAYMENT["_embedded"]["refunds"][0] | {"status": status + "?"}
    assert translate.refund_of(refund).result is Result.UNKNOWN


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("insufficient_funds", FailureCode.INSUFFICIENT_FUNDS),
        ("card_expired", FailureCode.EXPIRED_CARD),
        ("authentication_required", FailureCode.AUTHENTICATION_REQUIRED),
        ("sunspots", FailureCode.CARD_DECLINED),
    ],
)
def test_a_declined_card_has_our_word_and_theirs(reason, code):
    outcome = told(status="failed", details={"failureReason": reason, "failureMessage": "No."})
    assert outcome.failure
    assert (outcome.failure.code, outcome.failure.message) == (code, f"{reason}: No.")


def test_a_debit_that_failed_keeps_the_banks_code():
    details = {"bankReasonCode": "AM04", "bankReason": "Insufficient funds"}
    outcome = debit(status="failed", details=details)
    assert outcome.failure
    assert (outcome.failure.code, outcome.failure.bank_code) == (
        FailureCode.INSUFFICIENT_FUNDS, "AM04",
    )  # fmt: skip


def test_a_debit_that_was_sent_back_is_a_return():
    outcome = debit(CHARGEBACK)
    assert (outcome.result, outcome.amount) == (Result.RETURNED, ALL)
    assert outcome.failure
    assert (outcome.failure.code, outcome.failure.bank_code) == (FailureCode.ACCOUNT_CLOSED, "AC04")
    assert outcome.failure.message == "AC04: Account closed"


def test_a_debit_that_was_given_to_us_again_is_a_success():
    assert debit(CHARGEBACK | {"reversedAt": "2026-03-21T09:00:00Z"}).result is Result.SUCCEEDED


def test_without_its_chargebacks_the_sum_says_whether_a_debit_came_back():
    bare = {name: value for name, value in PAYMENT.items() if name != "_embedded"}
    for value, result in (("203.55", Result.RETURNED), ("203.54", Result.SUCCEEDED)):
        back = {"currency": "EUR", "value": value}
        row = bare | {"method": "directdebit", "amountChargedBack": back}
        assert translate.outcome_of(row).result is result


def test_a_chargeback_of_a_card_is_a_fact_of_its_own():
    row = PAYMENT | {"_embedded": {"chargebacks": [CHARGEBACK]}}
    assert translate.outcome_of(row).result is Result.SUCCEEDED
    [fact] = translate.facts_of(row)
    assert (fact.gateway_ref, fact.charge, fact.stage) == (
        "chb_q3", "tr_q7Harrow", ChargebackStage.LOST,
    )  # fmt: skip
    assert (fact.amount, fact.reference) == (ALL, "pay_01kjpq7f00e9r8k2v1m3n4p5q6")
    ended = CHARGEBACK | {"reversedAt": "2026-03-21T09:00:00Z"}
    assert translate.chargeback_of(ended).stage is ChargebackStage.WON


def test_a_return_of_a_debit_is_told_once():
    row = PAYMENT | {"method": "directdebit", "_embedded": {"chargebacks": [CHARGEBACK]}}
    assert translate.facts_of(row) == ()


def test_refunds_come_with_their_payment():
    [fact] = translate.facts_of(PAYMENT)
    assert (fact.reference, fact.result) == ("ref_01kjyq7f00e9r8k2v1m3n4p5q6", Result.SUCCEEDED)


@given(st.integers(1, 10**12), st.sampled_from(["EUR", "JPY", "KWD", "ISK", "BHD", "USD", "CLP"]))
def test_amounts_go_there_and_back_exactly(minor, currency):
    amount = Money(minor, currency)
    assert translate.money(translate.amount_body(amount)) == amount


def test_amounts_are_texts_with_the_currencys_decimals():
    texts = [translate.amount_body(Money(5000, code))["value"]
             for code in ("JPY", "ISK", "EUR", "KWD")]  # fmt: skip
    assert texts == ["5000", "5000", "50.00", "5.000"]


@pytest.mark.parametrize("value", [203.55, 203, None, "203.555", "2e2", "NaN", "", "1,00"])
def test_what_is_no_exact_amount_is_unreadable(value):
    with pytest.raises(answers.Unreadable):
        told(amount={"currency": "EUR", "value": value})


@pytest.mark.parametrize("spoil", ["id", "status", "amount"])
def test_a_payment_that_lacks_a_part_is_unreadable(spoil):
    with pytest.raises(answers.Unreadable):
        translate.outcome_of({name: value for name, value in PAYMENT.items() if name != spoil})


@pytest.mark.parametrize("metadata", [None, "pay_1", [], {}, {"counterfoil": 7}])
def test_a_payment_of_somebody_else_has_no_reference(metadata):
    assert told(metadata=metadata).reference == ""


def test_an_instrument_shows_no_more_than_it_may():
    details = {"consumerName": "B. Payer", "consumerAccount": "NL91ABNA0417164300"}
    assert translate.instrument_of("directdebit", details) == Instrument(
        MethodKind.BANK_DEBIT, "sepa_core", "4300", country="NL", holder="B. Payer"
    )
    assert translate.instrument_of("ideal", None) == Instrument("bank_redirect", "ideal")


def test_a_wallet_on_the_page_of_cards_is_called_one():
    details = {"cardLabel": "Visa", "cardNumber": "4242", "wallet": "applepay"}
    shown = translate.instrument_of("creditcard", details)
    assert shown == Instrument(MethodKind.WALLET, "visa", "4242")
    assert translate.instrument_of("creditcard", details | {"wallet": None}).kind == "card"


def test_what_is_charged_how():
    request = ChargeRequest("pay_1", ALL, "", "cus_1", "x" * 300, "https://p/r", locale="de")
    plain = translate.payment_body(request, "https://p/hook", "")
    assert plain == {
        "amount": {"currency": "EUR", "value": "203.55"},
        "description": "x" * 255,
        "redirectUrl": "https://p/r",
        "webhookUrl": "https://p/hook",
        "metadata": {"counterfoil": "pay_1", "customer": "cus_1"},
        "locale": "de_DE",
    }
    first = translate.payment_body(request, "https://p/hook", "cst_1")
    assert (first["sequenceType"], first["customerId"]) == ("first", "cst_1")
    kept = ChargeRequest("pay_1", ALL, "cst_1/mdt_2", "cus_1", "x", "")
    again = translate.payment_body(kept, "https://p/hook", "")
    assert (again["sequenceType"], again["customerId"], again["mandateId"]) == (
        "recurring", "cst_1", "mdt_2",
    )  # fmt: skip
    assert "redirectUrl" not in again
    assert "method" not in again


@pytest.mark.parametrize(
    ("kinds", "method"),
    [({"card"}, "creditcard"), ({"wallet"}, ["applepay", "paypal"]),
     ({"card", "wallet", "bank_debit"}, ["creditcard", "applepay", "paypal"])],
)  # fmt: skip
def test_its_page_offers_the_kinds_that_are_asked_for(kinds, method):
    kinds = frozenset(map(MethodKind, kinds))
    request = ChargeRequest("pay_1", ALL, "", "cus_1", "x", "https://p/r", kinds=kinds)
    assert translate.payment_body(request, "https://p/hook", "")["method"] == method
    saving = "creditcard" if MethodKind.CARD in kinds else method
    assert translate.payment_body(request, "https://p/hook", "cst_1")["method"] == saving
    kept = replace(request, source="cst_1/mdt_2")
    assert "method" not in translate.payment_body(kept, "https://p/hook", "")


def test_a_kind_of_its_page_is_read_as_what_it_was_asked_for():
    for kind, names in translate._BY_KIND.items():
        assert {translate.instrument_of(name, {}).kind for name in names} == {kind}


def test_a_refusal_names_what_could_not_be_taken():
    error = {
        "status": 422,
        "title": "Unprocessable Entity",
        "detail": "Too high",
        "field": "amount",
    }
    failure = reasons.refusal_of(error)
    assert failure.message == "Unprocessable Entity: amount Too high"


# --- settlements --------------------------------------------------------------------------------


def test_a_settlement_is_a_payout():
    payout = payouts.payout_of(SETTLEMENT)
    assert (payout.stage, payout.amount) == (PayoutStage.PAID, Money(19275, "EUR"))
    assert (payout.descriptor, str(payout.arrival_date)) == ("7654321.2603.01", "2026-03-10")
    assert payouts.payout_of(SETTLEMENT | {"status": "new word"}).stage is PayoutStage.PENDING


def test_costs_of_four_decimals_come_to_their_rounded_sum():
    payout = payouts.payout_of(SETTLEMENT)
    costs = list(payouts.costs_of(payout, SETTLEMENT))
    assert [(one.kind, one.net.minor) for one in costs] == [
        (MovementKind.FEE, -50),
        (MovementKind.FEE, -30),
    ]


@given(st.lists(st.integers(0, 10**7), max_size=20))
def test_no_cost_is_dropped_by_rounding(units):
    costs = [{"amountGross": {"currency": "EUR", "value": str(Decimal(unit).scaleb(-4))}}
             for unit in units if unit >= 10]  # fmt: skip
    row = SETTLEMENT | {"periods": {"2026": {"3": {"costs": costs}}}}
    total = -sum(one.net.minor for one in payouts.costs_of(payouts.payout_of(row), row))
    exact = sum(unit for unit in units if unit >= 10)
    assert abs(total * 100 - exact) <= 50


def test_what_a_settlement_takes_is_below_zero_whatever_its_sign():
    payout = payouts.payout_of(SETTLEMENT)
    for value in ("203.55", "-203.55"):
        row = CHARGEBACK | {"settlementAmount": {"currency": "EUR", "value": value}}
        movement = payouts.movement_of(payout, MovementKind.CHARGEBACK, row)
        assert (movement.net, movement.charge) == (-ALL, "tr_q7Harrow")


def test_a_settlement_that_can_not_be_read_is_unavailable():
    payout = payouts.payout_of(SETTLEMENT)
    other = PAYMENT | {"settlementAmount": {"currency": "USD", "value": "1.00"}}
    with pytest.raises(Unavailable):
        payouts.movement_of(payout, MovementKind.CHARGE, other)
    with pytest.raises(Unavailable):
        payouts.payout_of({})
    odd = SETTLEMENT | {"periods": {"2026": {"3": {"costs": [{}]}}}}
    with pytest.raises(Unavailable):
        list(payouts.costs_of(payout, odd))
