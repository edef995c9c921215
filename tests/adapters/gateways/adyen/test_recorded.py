"""Notifications and signatures that Adyen's own libraries are tested with: read, or refused for a
reason.

They lie in the folder that COUNTERFOIL_TEST_DATA names; without it these tests are skipped.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counterfoil.adapters.gateways.adyen import translate
from counterfoil.adapters.gateways.adyen.adapter import AdyenGateway
from counterfoil.adapters.gateways.adyen.signatures import verify
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.events import SignatureInvalid
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result

DATA = Path(os.environ.get("COUNTERFOIL_TEST_DATA") or "no-such-folder") / "payments/adyen"
FOLDER = DATA / "Adyen-adyen-java-api-library"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="COUNTERFOIL_TEST_DATA names no folder with Adyen's notifications"
)
REFUSED = {  # no notifications of payments: signed in another way, and of no money of ours
    "balancePlatform-transaction-created",
    "balancePlatform-transaction-created-bank-category",
    "management-webhook-payment-method-created",
    "tokenization-webhook-recurring-token-alreadyExisting",
    "tokenization-webhook-recurring-token-disabled",
    "tokenization-webhook-recurring-token-updated",
}
READ = {"chargeback", "offer-closed", "refund-false", "refund-true"}  # their key is not known
NOW = datetime.now(UTC)


def account(merchant: str, key: str) -> GatewayAccount:
    settings = {"url": "http://127.0.0.1:1", "merchant_account": merchant}
    return GatewayAccount("Adyen", settings, {"api_key": "k", "hmac_key": key})


def vectors_key() -> str:
    found: str = json.loads((DATA / "signature_vectors.json").read_text())["signed_files_key"]
    return found


def item(name: str):
    body = json.loads((FOLDER / f"{name}.json").read_text())
    [row] = body["notificationItems"]
    return row["NotificationRequestItem"]


def test_every_file_is_read_or_has_its_reason():
    assert {path.stem for path in FOLDER.glob("*.json")} == READ | REFUSED


@pytest.mark.parametrize("name", ["colon", "mixed"])
def test_signature_vectors(name):
    row = json.loads((DATA / f"signed/{name}_notification.json").read_text())
    key, ours = vectors_key(), account("AntoniStroinski", vectors_key())
    verify([bytes.fromhex(key)], row)
    body = json.dumps({"notificationItems": [{"NotificationRequestItem": row}]}).encode()
    (event,) = AdyenGateway().parse(ours, headers={}, body=body, at=NOW)
    assert event.kind == "AUTHORISATION"
    [fact] = event.facts
    assert (fact.result, fact.amount) == (Result.SUCCEEDED, Money(1000, "EUR"))
    assert fact.reference == "", "their reference is not one of ours"

    altered = row | {"amount": {"currency": "EUR", "value": 1001}}
    for other, keys in ((altered, [bytes.fromhex(key)]), (row, [bytes(32)])):
        with pytest.raises(SignatureInvalid):
            verify(keys, other)


@pytest.mark.parametrize("name", sorted(READ | REFUSED))
def test_what_our_key_did_not_sign_is_refused(name):
    body = (FOLDER / f"{name}.json").read_bytes()
    with pytest.raises(SignatureInvalid):
        AdyenGateway().parse(account("TestMerchant", vectors_key()), headers={}, body=body, at=NOW)


def test_a_chargeback():
    [fact] = translate.facts_of(item("chargeback"))
    assert (fact.stage, fact.amount) == (ChargebackStage.NEEDS_RESPONSE, Money(1000, "EUR"))
    assert (fact.charge, fact.gateway_ref) == ("9913333333333333", "9915555555555555")
    assert fact.reason_code == "10.4"


def test_refunds():
    [good] = translate.facts_of(item("refund-true"))
    assert (good.result, good.amount, good.charge) == (
        Result.SUCCEEDED, Money(1500, "EUR"), "ORIGINAL_PSP",
    )  # fmt: skip
    [bad] = translate.facts_of(item("refund-false"))
    assert (bad.result, bad.failure.code) == (Result.FAILED, FailureCode.REFUND_DECLINED)
    assert bad.failure.message == "REFUND: Insufficient balance on payment"


def test_a_code_without_money_says_nothing():
    assert translate.facts_of(item("offer-closed")) == ()
