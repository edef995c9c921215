"""Adyen's words in ours: links, notifications, its own decimals."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.adyen import amounts, translate
from counterfoil.kernel.ids import encode, moment_of, new_id
from counterfoil.kernel.money import Money, exponent
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.events import Mention
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Instrument, MethodKind, Result

FIXTURES = Path(__file__).parent / "fixtures"
LINK = json.loads((FIXTURES / "link.json").read_text())
ITEM = json.loads((FIXTURES / "notification.json").read_text())
ALL = Money(20355, "EUR")
OURS = "pay_01kjpq7f00e9r8k2v1m3n4p5q6"


def link(**change):
    return translate.outcome_of_link(LINK | change)


def facts(code: str, **change):
    return translate.facts_of(ITEM | {"eventCode": code, **change})


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("active", Result.ACTION_REQUIRED),
        ("paymentPending", Result.PROCESSING),
        ("completed", Result.PROCESSING),
        ("paid", Result.PROCESSING),
        ("levitating", Result.UNKNOWN),
    ],
)
def test_a_link_never_says_success(status, result):
    outcome = link(status=status)
    assert (outcome.result, outcome.amount, outcome.failure) == (result, None, None)
    assert (outcome.step is not None) is (result is Result.ACTION_REQUIRED)


@given(st.text().filter(lambda word: word not in translate._RESULTS))
def test_a_status_that_is_new_is_neither_success_nor_failure(status):
    assert link(status=status).result is Result.UNKNOWN


def test_a_link_that_ended_before_its_time_was_stopped():
    ended = link(status="expired", updatedAt="2026-03-02T09:00:00Z")
    assert (ended.result, ended.failure) == (Result.CANCELLED, None)
    dead = link(status="expired", updatedAt="2026-03-03T08:15:04Z")
    assert dead.failure
    assert (dead.result, dead.failure.code) == (Result.FAILED, FailureCode.ABANDONED)


@pytest.mark.parametrize("spoil", ["id", "status", "reference", "amount", "url"])
def test_a_link_that_lacks_a_part_is_unreadable(spoil):
    with pytest.raises(answers.Unreadable):
        translate.outcome_of_link({name: it for name, it in LINK.items() if name != spoil})
    with pytest.raises(answers.Unreadable):
        link(url="javascript:alert(1)")


# --- notifications ------------------------------------------------------------------------------


def test_an_authorisation_is_the_success():
    assert facts("AUTHORISATION") == (
        Outcome(
            OURS, Result.SUCCEEDED, "Q7PSP00000000001", ALL,
            Instrument("card", "visa", "1111", 3, 2030),
        ),
    )  # fmt: skip


def test_a_refused_try_ends_nothing():
    """The payer may try again on the same page; the link is asked for."""
    assert facts("AUTHORISATION", success="false") == (Mention("PLQ7HARROW00001", OURS),)
    assert facts("AUTHORISATION", success="false", additionalData={}) == ()


@pytest.mark.parametrize("reference", ["order-1", "", None, 7, "pay_1:2", "ref_1"])
def test_a_payment_of_another_system_has_no_reference_of_ours(reference):
    [fact] = facts("AUTHORISATION", merchantReference=reference)
    assert fact.reference == ""


@pytest.mark.parametrize(
    ("code", "success", "result"),
    [
        ("REFUND", "true", Result.SUCCEEDED),
        ("REFUND", "false", Result.FAILED),
        ("REFUND_FAILED", "true", Result.FAILED),
        ("REFUNDED_REVERSED", "true", Result.FAILED),
    ],
)
def test_a_refund_ends_by_notification(code, success, result):
    [fact] = facts(
        code, success=success, reason="No money", originalReference="Q7PSP00000000001",
        pspReference="Q7REF", merchantReference="ref_1",
    )  # fmt: skip
    assert (fact.result, fact.reference, fact.charge) == (result, "ref_1", "Q7PSP00000000001")
    assert (fact.gateway_ref, fact.amount) == ("Q7REF", ALL)
    if result is Result.FAILED:
        assert fact.failure.code is FailureCode.REFUND_DECLINED
        assert fact.failure.message == f"{code}: No money"


@pytest.mark.parametrize(
    ("code", "ref", "stage"),
    [
        ("NOTIFICATION_OF_CHARGEBACK", "Q7DIS", ChargebackStage.NEEDS_RESPONSE),
        ("CHARGEBACK", "Q7DIS", ChargebackStage.NEEDS_RESPONSE),
        ("INFORMATION_SUPPLIED", "Q7DIS", ChargebackStage.UNDER_REVIEW),
        ("DISPUTE_DEFENSE_PERIOD_ENDED", "Q7DIS", ChargebackStage.LOST),
        ("CHARGEBACK_REVERSED", "Q7DIS", ChargebackStage.WON),
        ("SECOND_CHARGEBACK", "Q7DIS-2", ChargebackStage.LOST),
        ("PREARBITRATION_LOST", "Q7DIS-2", ChargebackStage.LOST),
        ("PREARBITRATION_WON", "Q7DIS-2", ChargebackStage.WON),
    ],
)
def test_a_dispute_is_followed_and_a_second_round_takes_the_money_again(code, ref, stage):
    data = {"chargebackReasonCode": "10.4", "defensePeriodEndsAt": "2026-04-01T00:00:00+02:00"}
    [fact] = facts(code, pspReference="Q7DIS", originalReference="Q7PSP", additionalData=data)
    assert (fact.gateway_ref, fact.charge, fact.stage) == (ref, "Q7PSP", stage)
    assert (fact.amount, fact.reason_code, fact.reference) == (ALL, "10.4", OURS)
    assert fact.evidence_due_at
    assert (fact.decided_at is not None) is (stage in (ChargebackStage.WON, ChargebackStage.LOST))


def test_a_capture_that_failed_takes_the_money_back():
    [fact] = facts("CAPTURE_FAILED", originalReference="Q7PSP00000000001")
    assert (fact.result, fact.gateway_ref) == (Result.RETURNED, "Q7PSP00000000001")


@given(st.text(min_size=1).filter(lambda word: word not in {
    "AUTHORISATION", "CAPTURE_FAILED", *translate._REFUNDS, *translate._STAGES}))  # fmt: skip
def test_a_code_that_is_new_says_nothing_of_money(code):
    assert facts(code) == ()


@pytest.mark.parametrize("spoil", ["pspReference", "amount", "success"])
def test_a_notification_that_lacks_a_part_is_unreadable(spoil):
    with pytest.raises(answers.Unreadable):
        translate.facts_of({name: it for name, it in ITEM.items() if name != spoil})


@pytest.mark.parametrize(
    ("method", "kind"),
    [("visa", "card"), ("mc", "card"), ("amex_applepay", "wallet"), ("visa_googlepay", "wallet"),
     ("paypal", "wallet"), ("ideal", "bank_redirect"), ("something_new", "bank_redirect")],
)  # fmt: skip
def test_what_paid(method, kind):
    [fact] = facts("AUTHORISATION", paymentMethod=method)
    assert (fact.instrument.kind, fact.instrument.brand) == (kind, method)


# --- amounts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "minor", "value"),
    [
        ("EUR", 20355, 20355),
        ("JPY", 5000, 5000),
        ("KWD", 12345, 12345),
        ("ISK", 2790, 279_000),
        ("CLP", 15_990, 1_599_000),
        ("IDR", 1_500_000_00, 1_500_000),
        ("CVE", 500_00, 500),
    ],
)
def test_adyens_own_decimals(currency, minor, value):
    amount = Money(minor, currency)
    told = amounts.value_of(amount)
    assert told == {"currency": currency, "value": value}
    assert amounts.money_of(told) == amount


def test_the_table_holds_only_what_differs():
    assert all(digits != exponent(code) for code, digits in amounts.DECIMALS.items())
    assert set(amounts.DECIMALS) == {"CLP", "CVE", "IDR", "ISK"}


@given(st.integers(1, 10**12), st.sampled_from(
    ["EUR", "JPY", "KWD", "ISK", "CLP", "BHD", "USD", "HUF"]))  # fmt: skip
def test_amounts_go_there_and_back_exactly(minor, currency):
    amount = Money(minor, currency)
    assert amounts.money_of(amounts.value_of(amount)) == amount


def test_what_one_side_can_not_hold_is_no_amount():
    for amount in (Money(1_50, "IDR"), Money(1, "CVE")):
        with pytest.raises(amounts.BadAmount):
            amounts.value_of(amount)
    for told in ({"currency": "ISK", "value": 279_050}, {"currency": "EUR", "value": 1.5},
                 {"currency": "EUR", "value": "1"}, {"currency": "XXX", "value": 1}, {}, None,
                 {"currency": "EUR", "value": True}):  # fmt: skip
        with pytest.raises(amounts.BadAmount):
            amounts.money_of(told)


def test_what_a_link_is_made_of():
    reference = encode("pay", new_id())
    body = translate.link_body(
        ChargeRequest(reference, Money(2790, "ISK"), "", "cus_1", "W", "https://p/r", locale="de")
    )
    assert body["amount"] == {"currency": "ISK", "value": 279_000}
    assert (body["reference"], body["reusable"], body["shopperLocale"]) == (
        reference, False, "de-DE",
    )  # fmt: skip
    assert "sepadirectdebit" in body["blockedPaymentMethods"]
    assert "allowedPaymentMethods" not in body
    made = moment_of(reference)
    assert made
    assert answers.moment(body["expiresAt"]) == (made + translate.LINK_LIVES).replace(microsecond=0)


def test_its_page_offers_the_kinds_that_are_asked_for():
    asked = ChargeRequest(encode("pay", new_id()), ALL, "", "cus_1", "W", "https://p/r")

    def body(*kinds):
        return translate.link_body(replace(asked, kinds=frozenset(kinds)))

    card = body(MethodKind.CARD)
    assert card["allowedPaymentMethods"] == ["scheme", "bcmc"]
    assert {"applepay", "googlepay", "paypal", "ideal", "ach"} <= {*card["blockedPaymentMethods"]}
    others = body(MethodKind.WALLET, MethodKind.BANK_REDIRECT, MethodKind.BANK_DEBIT)
    assert {"applepay", "paypal", "ideal"} <= {*others["allowedPaymentMethods"]}
    assert {"scheme", "bcmc", "sepadirectdebit"} <= {*others["blockedPaymentMethods"]}
    assert not {*others["allowedPaymentMethods"]} & {*others["blockedPaymentMethods"]}
