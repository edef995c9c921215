"""Answers that Mollie's own library is tested with: read, or refused for a reason.

They lie in the folder that COUNTERFOIL_TEST_DATA names; without it these tests are skipped.
"""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from counterfoil.adapters.gateways.mollie import client, payouts, reasons, translate
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.outcomes import Instrument, Result
from counterfoil.kernel.ports.gateways.payouts import MovementKind, PayoutStage

DATA = Path(os.environ.get("COUNTERFOIL_TEST_DATA") or "no-such-folder") / "payments/mollie"
FOLDER = DATA / "mollie-mollie-api-python"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="COUNTERFOIL_TEST_DATA names no folder with Mollie's answers"
)
NOT_OURS = {  # the beginnings of files of things that no capability of the port asks for
    "captures_": "cards are charged at once",
    "client": "partners",
    "customer_new": "only its id is used",
    "customer_subscriptions": "Mollie would make payments that we do not know of",
    "customer_updated": "customers are not changed over there",
    "customers_list": "customers are not listed",
    "invoices_": "what Mollie bills its merchants",
    "method": "the payer chooses on Mollie's page",
    "onboarding": "opening an account",
    "order": "the older Orders API",
    "organization": "our own account",
    "payment_link": "a page without our reference's state",
    "permission": "our own account",
    "profile_updated": "our own account",
    "shipments": "the older Orders API",
    "subscriptions": "Mollie would make payments that we do not know of",
    "terminal": "card terminals",
    "token": "partners",
}
READ = {
    "chargebacks_list", "chargebacks_list_more", "payment_chargeback_single",
    "payment_chargebacks_list", "payment_chargebacks_list_more", "profile_chargebacks_list_more",
    "settlement_chargebacks_list", "conflict_error", "customer_doesnotexist", "error_unauthorized",
    "v1_api_error", "customer_mandate_single", "customer_mandates_list", "payment_canceled",
    "payment_single", "refund_single", "settlement_single",
}  # fmt: skip


def read(name: str):
    return json.loads((FOLDER / f"{name}.json").read_text())


def test_every_file_is_read_or_has_its_reason():
    rest = {path.stem for path in FOLDER.glob("*.json")} - READ
    assert {name for name in rest if not name.startswith(tuple(NOT_OURS))} == set()
    assert {path.stem for path in FOLDER.glob("*.json")} >= READ


def test_payments():
    outcome = translate.outcome_of(read("payment_single"))
    assert outcome.result is Result.ACTION_REQUIRED
    assert outcome.step
    assert outcome.step.url.startswith("https://www.mollie.com/payscreen/")
    assert (outcome.reference, outcome.gateway_ref) == ("", "tr_7UhSN1zuXS")
    assert translate.outcome_of(read("payment_canceled")).result is Result.CANCELLED


def test_refunds():
    outcome = translate.refund_of(read("refund_single"))
    assert (outcome.result, outcome.amount) == (Result.PROCESSING, Money(595, "EUR"))
    assert (outcome.charge, outcome.gateway_ref) == ("tr_7UhSN1zuXS", "re_4qqhO89gsT")


@pytest.mark.parametrize("name", sorted(one for one in READ if "chargebacks_list" in one))
def test_chargebacks(name):
    for row in read(name)["_embedded"]["chargebacks"]:
        told = translate.chargeback_of(row)
        assert (told.stage, told.amount) == (ChargebackStage.LOST, Money(4338, "USD"))


def test_a_chargeback_that_was_reversed():
    told = translate.chargeback_of(read("payment_chargeback_single"))
    assert told.stage is ChargebackStage.WON


def test_mandates():
    for row in [read("customer_mandate_single"),
                *read("customer_mandates_list")["_embedded"]["mandates"]]:  # fmt: skip
        assert translate.instrument_of(row["method"], row["details"]) == Instrument(
            "bank_debit", "sepa_core", "0000", country="NL", holder="John Doe"
        )


def test_a_settlement_and_its_costs():
    row = read("settlement_single")
    payout = payouts.payout_of(row)
    assert (payout.stage, payout.amount) == (PayoutStage.PENDING, Money(3975, "EUR"))
    costs = list(payouts.costs_of(payout, row))
    assert [one.net.minor for one in costs] == [-254, -61]
    revenue = 8610 - 4320
    assert revenue + sum(one.net.minor for one in costs) == payout.amount.minor
    for one in read("settlement_chargebacks_list")["_embedded"]["chargebacks"]:
        movement = payouts.movement_of(payout, MovementKind.CHARGEBACK, one)
        assert movement.net == Money(-3507, "EUR")


@pytest.mark.parametrize(
    ("name", "status", "is_theirs"),
    [
        ("conflict_error", 409, True),
        ("customer_doesnotexist", 404, True),
        ("error_unauthorized", 401, True),
        ("v1_api_error", 400, False),
    ],
)
def test_errors(name, status, is_theirs):
    body = read(name)
    assert client._is_refused(SimpleNamespace(status=status), body) is is_theirs
    if is_theirs:
        assert reasons.refusal_of(body).message == f"{body['title']}: {body['detail']}"
