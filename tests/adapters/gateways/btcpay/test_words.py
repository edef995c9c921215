"""BTCPay's states in ours: late, short and over are ordinary; amounts are exact."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.adapters import answers
from counterfoil.adapters.gateways.btcpay import charges, translate
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result, StepKind

INVOICE = json.loads((Path(__file__).parent / "fixtures/invoice.json").read_text())
ALL = Money(20355, "EUR")


def told(status: str, addition: str = "None", paid: str = "203.55", *payments: str):
    methods = [{"payments": [{"status": state} for state in payments]}, {"payments": []}]
    return charges.read(
        INVOICE
        | {"status": status, "additionalStatus": addition, "paidAmount": paid}
        | {"paymentMethods": methods}
    )


def test_a_settled_invoice_brought_what_arrived():
    outcome = charges.read(INVOICE)
    assert (outcome.result, outcome.amount, outcome.failure) == (Result.SUCCEEDED, ALL, None)
    assert (outcome.gateway_ref, outcome.reference) == (
        "6zRk2Qm1hW",
        "pay_01kjpq7f00e9r8k2v1m3n4p5q6",
    )
    assert outcome.instrument
    assert outcome.instrument.kind == "digital_currency"


@pytest.mark.parametrize(
    ("status", "addition", "paid", "result", "amount", "code"),
    [
        ("New", "None", "0", Result.ACTION_REQUIRED, None, None),
        ("New", "PaidPartial", "9.99", Result.ACTION_REQUIRED, None, None),
        ("Processing", "None", "203.55", Result.PROCESSING, ALL, None),
        ("Processing", "PaidOver", "203.56", Result.PROCESSING, Money(20356, "EUR"), None),
        ("Settled", "PaidOver", "250", Result.SUCCEEDED, Money(25000, "EUR"), None),
        ("Settled", "PaidLate", "203.55", Result.SUCCEEDED, ALL, None),
        ("Settled", "Marked", "0", Result.SUCCEEDED, Money(0, "EUR"), None),
        ("Expired", "None", "0", Result.FAILED, None, FailureCode.ABANDONED),
        ("Expired", "PaidPartial", "12.5", Result.PROCESSING, Money(1250, "EUR"), None),
        ("Invalid", "None", "203.55", Result.FAILED, None, FailureCode.GATEWAY_REFUSED),
        ("Invalid", "Marked", "0", Result.FAILED, None, FailureCode.GATEWAY_REFUSED),
        ("Settled", "Beamed", "203.55", Result.UNKNOWN, None, None),
    ],
)
def test_each_state_has_its_word(status, addition, paid, result, amount, code):
    outcome = told(status, addition, paid)
    assert (outcome.result, outcome.amount) == (result, amount)
    assert (outcome.failure.code if outcome.failure else None) is code
    assert (outcome.step is not None) is (result is Result.ACTION_REQUIRED)
    if outcome.step:
        assert (outcome.step.kind, outcome.step.url) == (
            StepKind.HOSTED_PAGE,
            "https://pay.example/i/6zRk2Qm1hW",
        )


def test_staff_see_how_much_of_how_much_arrived():
    outcome = told("Invalid", "None", "12.5")
    assert outcome.failure
    assert outcome.failure.message == "Invalid (None): 12.50 of 203.55 EUR arrived"


def test_a_part_is_a_success_over_what_arrived_once_it_is_confirmed():
    outcome = told("Expired", "PaidPartial", "12.5", "Settled")
    assert (outcome.result, outcome.amount) == (Result.SUCCEEDED, Money(1250, "EUR"))
    assert outcome.amount_is_open


@pytest.mark.parametrize(
    ("status", "addition", "paid", "arrived"),
    [
        ("New", "None", "0", Money(0, "EUR")),
        ("New", "PaidPartial", "9.99", Money(999, "EUR")),
        ("Processing", "None", "203.55", ALL),
        ("Expired", "PaidPartial", "12.5", Money(1250, "EUR")),
        ("Settled", "None", "203.55", None),
        ("Expired", "None", "0", None),
    ],
)
def test_what_came_so_far_is_told_and_that_it_is_coins(status, addition, paid, arrived):
    outcome = told(status, addition, paid)
    assert outcome.arrived == arrived
    assert outcome.instrument
    assert outcome.instrument.kind == "digital_currency"


@pytest.mark.parametrize(
    ("payments", "result"),
    [
        (["Settled"], Result.SUCCEEDED),
        (["Settled", "Processing"], Result.PROCESSING),
        (["Settled", "Invalid"], Result.SUCCEEDED),
        (["Processing"], Result.PROCESSING),
        (["Dancing"], Result.PROCESSING),
        ([], Result.PROCESSING),
    ],
)
def test_a_late_payment_is_a_success_once_it_is_confirmed(payments, result):
    outcome = told("Expired", "PaidLate", "203.55", *payments)
    assert (outcome.result, outcome.amount) == (result, ALL)


def test_two_invoices_that_were_both_paid_are_told_as_one_sum():
    paid, open_, gone = told("Settled"), told("New", paid="0"), told("Expired", paid="0")
    assert translate.truest([gone, open_]) == open_
    assert translate.truest([open_, paid, gone]) == paid
    assert translate.truest([paid, paid]) == replace(paid, amount=Money(40710, "EUR"))


@given(st.text().filter(lambda word: word not in {"New", "Processing", "Settled", "Expired",
                                                  "Invalid"}))  # fmt: skip
def test_a_status_that_is_new_is_neither_success_nor_failure(status):
    assert told(status).result is Result.UNKNOWN


def request(amount: Money) -> ChargeRequest:
    return ChargeRequest("pay_1", amount, "", "cus_1", "Water", "https://portal.example/return")


@given(st.integers(1, 10**12), st.sampled_from(["EUR", "JPY", "KWD", "ISK", "BHD", "CLP", "USD"]))
def test_amounts_go_there_and_back_exactly(minor, currency):
    amount = Money(minor, currency)
    body = translate.invoice_body(request(amount))
    assert isinstance(body["amount"], str)
    back = charges.read(INVOICE | body | {"paidAmount": body["amount"]})
    assert back.amount == amount


def test_the_same_amount_reads_as_each_currency_has_it():
    texts = [translate.invoice_body(request(Money(5000, code)))["amount"]
             for code in ("JPY", "ISK", "EUR", "KWD")]  # fmt: skip
    assert texts == ["5000", "5000", "50.00", "5.000"]


@pytest.mark.parametrize("amount", [203.55, 203, None, "203.555", "2e2", "NaN", "", "203,55"])
def test_what_is_no_exact_amount_is_unreadable(amount):
    for name in ("amount", "paidAmount"):
        if (name, amount) != ("paidAmount", None):  # an older server does not tell it
            with pytest.raises(answers.Unreadable):
                charges.read(INVOICE | {name: amount})


def test_decimals_that_a_currency_has_not_are_taken_only_as_zeros():
    row = INVOICE | {"currency": "ISK", "amount": "500.00", "paidAmount": "500"}
    assert charges.read(row).amount == Money(500, "ISK")
    with pytest.raises(answers.Unreadable):
        charges.read(row | {"paidAmount": "500.50"})


def test_an_older_server_tells_only_plain_states():
    old = {name: value for name, value in INVOICE.items() if name != "paidAmount"}
    assert charges.read(old).amount == ALL
    assert charges.read(old | {"status": "New"}).result is Result.ACTION_REQUIRED
    assert charges.read(old | {"status": "Expired"}).result is Result.FAILED
    for status, addition in (("Settled", "PaidOver"), ("Expired", "PaidPartial")):
        with pytest.raises(answers.Unreadable):
            charges.read(old | {"status": status, "additionalStatus": addition})


@pytest.mark.parametrize("spoil", ["id", "status", "additionalStatus", "amount", "currency"])
def test_an_invoice_that_lacks_a_part_is_unreadable(spoil):
    with pytest.raises(answers.Unreadable):
        charges.read({name: value for name, value in INVOICE.items() if name != spoil})


def test_an_address_that_is_none_is_no_step():
    with pytest.raises(answers.Unreadable):
        charges.read(INVOICE | {"status": "New", "checkoutLink": "javascript:alert(1)"})
