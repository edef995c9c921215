"""Answers and webhooks that GoCardless's own library is tested with: read, or refused for a reason.

They lie in the folder that COUNTERFOIL_TEST_DATA names; without it these tests are skipped.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counterfoil.adapters.gateways.gocardless import events, payouts, reasons, translate
from counterfoil.adapters.gateways.gocardless.adapter import GoCardlessGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.events import SignatureInvalid
from counterfoil.kernel.ports.gateways.mandates import MandateState
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result

DATA = Path(os.environ.get("COUNTERFOIL_TEST_DATA") or "no-such-folder") / "payments/gocardless"
FOLDER = DATA / "gocardless-gocardless-pro-python"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="COUNTERFOIL_TEST_DATA names no folder with GoCardless's answers"
)
NOT_OURS = {  # files of things that no capability of the port asks for
    "bank_details_lookups": "we never see bank details",
    "billing_request_flows": "only its address is used; read by the calls' tests",
    "billing_request_templates": "pages that GoCardless hosts without us",
    "billing_request_with_actions": "a shortcut for sending bank details",
    "billing_requests": "only status and links are used; read by the calls' tests",
    "blocks": "lists of payers that are kept out",
    "creditors": "our own account",
    "customer_bank_accounts": "read with its mandate",
    "customer_notifications": "mails that are ours to send",
    "exports": "files for people",
    "instalment_schedules": "our instalments are debits of ours, one by one",
    "logos": "looks",
    "mandate_import_entries": "moving from another bureau",
    "payer_themes": "looks",
    "redirect_flows": "the older way to mandates",
    "subscriptions": "GoCardless would make debits that we do not know of",
    "tax_rates": "none is ours",
    "transferred_mandates": "bank details",
}
READ = {"events", "mandates", "payments", "payout_items", "refunds"}
ERRORS = {
    "insufficient_permission",
    "rate_limit_exceeded",
    "validation_failed_duplicate_bank_account_error",
    "validation_failed_error",
}


def bodies(noun: str):
    """Every resource of a file, from single answers and from lists."""
    found = []
    for exchange in json.loads((FOLDER / f"{noun}.json").read_text()).values():
        told = exchange["body"][noun]
        found += told if isinstance(told, list) else [told]
    assert found
    return found


def test_every_file_is_read_or_has_its_reason():
    names = {path.stem for path in FOLDER.glob("*.json")}
    assert names == READ | ERRORS | set(NOT_OURS)


def test_payments():
    for payment in bodies("payments"):
        outcome = translate.outcome_of(payment)
        assert (outcome.result, outcome.amount) == (Result.PROCESSING, Money(1000, "EUR"))
        assert (outcome.gateway_ref, outcome.reference) == ("PM123", "")


def test_refunds():
    for refund in bodies("refunds"):
        outcome = translate.refund_of(refund)
        assert (outcome.charge, outcome.gateway_ref) == ("PM123", "RF123")
        assert (outcome.result, outcome.amount) == (Result.PROCESSING, Money(150, "EUR"))


def test_mandates():
    for mandate in bodies("mandates"):
        outcome = translate.mandate_of(mandate)
        assert (outcome.state, outcome.gateway_ref) == (MandateState.ACTIVE, "MD123")
        assert outcome.instrument
        assert outcome.instrument.brand == "bacs"


def test_events():
    for row in bodies("events"):
        [fact] = events._event(row).facts
        assert (fact.state, fact.gateway_ref) == (MandateState.REVOKED, "MD123")
        assert fact.reason == "ADDACS-B"
        assert reasons.failure_of(row["details"]).code is FailureCode.ACCOUNT_CLOSED


def test_items_of_payouts():
    payout = payouts.payout_of(
        {"id": "PO1", "amount": 90, "currency": "EUR", "status": "paid", "arrival_date": None,
         "created_at": "2014-01-01T12:00:00.000Z"}
    )  # fmt: skip
    moved = list(payouts.movements_of(payout, bodies("payout_items")))
    assert [one.net.minor for one in moved] == [45, 45]
    assert len({one.gateway_ref for one in moved}) == 2


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_errors_are_definite_and_keep_their_words(name):
    body = json.loads((FOLDER / f"{name}.json").read_text())
    failure = reasons.refusal_of(body)
    assert failure.code is FailureCode.GATEWAY_REFUSED
    assert failure.message.startswith(body["error"]["type"])
    assert reasons.first_try_of(body) == ""


def test_the_signature_vector():
    vector = json.loads((DATA / "signed/signature_vector.json").read_text())
    body = (DATA / "signed/webhook_body.json").read_bytes().strip()
    secrets = {"access_token": "t", "webhook_secret": vector["secret"]}
    account = GatewayAccount("GC", {"environment": "live"}, secrets)
    headers = {vector["header"]: vector["signature"]}
    at = datetime.now(UTC)

    pushed = GoCardlessGateway().parse(account, headers=headers, body=body, at=at)
    assert [(event.ref, event.kind) for event in pushed] == [
        ("EV00BD05S5VM2T", "subscriptions.created"),
        ("EV00BD05TB8K63", "mandates.created"),
    ]
    with pytest.raises(SignatureInvalid):
        GoCardlessGateway().parse(account, headers=headers, body=body + b"\n", at=at)
