"""What is Stripe's own: its decimals, keys that are forgotten, debits, secrets that are rolled."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.counterparts.localstripe import LocalstripeCounterpart
from adapters.gateways.contract.counterparts.stripe import SECRET, StripeCounterpart, signed
from adapters.gateways.contract.line import Line
from adapters.gateways.contract.play import finished
from counterfoil.adapters.answers import Unreadable
from counterfoil.adapters.gateways.stripe import client
from counterfoil.adapters.gateways.stripe.amounts import NotTaken, of_wire, to_wire
from counterfoil.adapters.gateways.stripe.events import event_of
from counterfoil.adapters.gateways.stripe.words import failure_of
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ids import encode, new_ids
from counterfoil.kernel.money import Money, exponent
from counterfoil.kernel.ports.gateways.account import AccountIncomplete, GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, Evidence, EvidenceFile
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest
from counterfoil.kernel.ports.gateways.events import SignatureInvalid
from counterfoil.kernel.ports.gateways.mandates import MandateState
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, MethodKind, Result, StepKind
from counterfoil.kernel.ports.gateways.payouts import MovementKind

AMOUNT = Money(20355, "EUR")


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeCounterpart]:
    """The server of the documentation's shapes."""
    made = StripeCounterpart()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def line(stripe: StripeCounterpart) -> Iterator[Line]:
    """The line to it."""
    made = Line(stripe)
    yield made
    made.close()


@pytest.fixture
def account(stripe: StripeCounterpart, line: Line) -> GatewayAccount:
    """Ours."""
    return stripe.account(line.url)


# --- decimals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "currency", "wire"),
    [
        (20355, "EUR", 20355),
        (5000, "JPY", 5000),
        (12340, "KWD", 12340),
        (700, "ISK", 70000),
        (900, "UGX", 90000),
        (1200, "MGA", 12),  # two decimals by ISO 4217, none at Stripe
        (12345, "HUF", 12345),
        (12345, "TWD", 12345),
        (-500, "EUR", -500),
    ],
)
def test_amounts_go_in_stripe_s_own_decimals_and_come_back(minor, currency, wire):
    amount = Money(minor, currency)
    assert to_wire(amount) == wire
    assert of_wire(wire, currency.lower()) == amount


@pytest.mark.parametrize("amount", [Money(12345, "KWD"), Money(1, "BHD"), Money(1250, "MGA")])
def test_an_amount_that_stripe_can_not_say_is_not_sent(stripe, line, account, amount):
    with pytest.raises(NotTaken):
        to_wire(amount)
    reference = new_reference()
    wanted = replace(stripe.request(Wish.SUCCEEDS, reference, AMOUNT), amount=amount)
    outcome = stripe.gateway.charge(account, wanted)

    assert outcome.failure is not None
    assert (outcome.result, outcome.failure.code) == (Result.FAILED, FailureCode.GATEWAY_REFUSED)
    assert [call for call in line.calls if call[0] == "POST"] == []


@pytest.mark.parametrize(
    ("minor", "currency"), [(70050, "isk"), (1.5, "eur"), ("100", "eur"), (1, "xxx"), (1, None)]
)
def test_an_answer_that_is_not_exactly_an_amount_is_unreadable(minor, currency):
    with pytest.raises(Unreadable):
        of_wire(minor, currency)


def test_every_currency_of_three_decimals_is_known():
    assert {exponent(code) for code in ("BHD", "JOD", "KWD", "OMR", "TND")} == {3}


# --- keys that are forgotten --------------------------------------------------------------------


def aged(hours: float) -> str:
    """A reference that was made so long ago."""
    [made] = new_ids(1, at=datetime.now(UTC) - timedelta(hours=hours))
    return encode("pay", made)


def test_a_reference_older_than_keys_live_is_looked_up_before_it_is_charged(stripe, line, account):
    reference = aged(30)
    first = stripe.gateway.charge(account, stripe.request(Wish.SUCCEEDS, reference, AMOUNT))
    assert first.result is Result.SUCCEEDED
    stripe.server.keys.clear()  # as Stripe does after a day
    again = stripe.gateway.charge(account, stripe.request(Wish.SUCCEEDS, reference, AMOUNT))

    assert again.gateway_ref == first.gateway_ref
    assert stripe.charged(reference) == [AMOUNT]


def test_a_young_reference_is_charged_without_asking_first(stripe, line, account):
    stripe.gateway.charge(account, stripe.request(Wish.SUCCEEDS, aged(22), AMOUNT))
    assert ("GET", "/v1/payment_intents") not in line.calls


def test_a_stored_500_is_repeated_by_its_key_and_only_the_look_up_tells(stripe, account):
    reference = new_reference()
    wanted = stripe.request(Wish.SUCCEEDS, reference, AMOUNT)
    stripe.gateway.charge(account, wanted)
    mark, _, _ = stripe.server.keys[reference]
    stripe.server.keys[reference] = (mark, 500, b"{}")

    assert stripe.gateway.charge(account, wanted).result is Result.UNKNOWN
    assert stripe.gateway.look_up(account, reference).result is Result.SUCCEEDED
    assert stripe.charged(reference) == [AMOUNT]


# --- fields and debits --------------------------------------------------------------------------


def test_the_payment_element_is_told_what_it_is_for(stripe, account):
    step = stripe.gateway.fields(account, FieldsRequest(locale="de", amount=Money(700, "ISK")))
    assert (step.kind, step.script_url) == (StepKind.COLLECT_FIELDS, "https://js.stripe.com/v3/")
    assert step.values["mount"] == "CounterfoilStripe.mount"
    assert (step.values["amount"], step.values["currency"]) == ("70000", "isk")
    debit = FieldsRequest(method=MethodKind.BANK_DEBIT, scheme="ach", amount=Money(1, "USD"))
    assert stripe.gateway.fields(account, debit).values["types"] == "us_bank_account"


def test_a_debit_on_a_mandate_is_processing_and_then_paid(stripe, account):
    wanted = stripe.mandate_request("CF-DEBIT-1")
    mandate = stripe.gateway.set_up(account, wanted)
    reference = new_reference()
    charge = ChargeRequest(
        reference=reference,
        amount=AMOUNT,
        source="",
        customer="cus_1",
        description="",
        return_url="",
        method=MethodKind.BANK_DEBIT,
        mandate=mandate.gateway_ref,
        is_off_session=True,
    )
    first = stripe.gateway.charge(account, charge)

    assert (mandate.state, first.result) == (MandateState.ACTIVE, Result.PROCESSING)
    assert first.instrument is not None
    assert (first.instrument.kind, first.instrument.brand) == ("bank_debit", "sepa_core")
    assert (first.instrument.last4, first.instrument.country) == ("3000", "DE")
    ended = finished(stripe, account, reference, first.gateway_ref)
    assert (ended.result, ended.amount) == (Result.SUCCEEDED, AMOUNT)


def test_localstripe_debits_alike():
    """An independent witness: a SEPA debit that pays (there at once), and one that comes back."""
    witness = LocalstripeCounterpart()
    witness.start()
    try:
        account = witness.account(witness.url)
        for iban, at_first, at_last in (
            ("DE89370400440532013000", Result.SUCCEEDED, Result.SUCCEEDED),
            ("DE62370400440532013001", Result.PROCESSING, Result.FAILED),
        ):
            facts = {"type": "sepa_debit", "sepa_debit": {"iban": iban}}
            wanted = witness.charge_of(facts, new_reference(), AMOUNT)
            wanted = replace(wanted, method=MethodKind.BANK_DEBIT)
            first = witness.gateway.charge(account, wanted)
            assert first.result is at_first
            ended = finished(witness, account, wanted.reference, first.gateway_ref)
            assert ended.result is at_last
    finally:
        witness.stop()


def test_a_card_that_wants_its_payer_is_a_definite_no_off_session(stripe, account):
    asking = stripe.request(Wish.NEEDS_STEP, new_reference(), AMOUNT, save=True)
    stripe.gateway.charge(account, asking)
    [method] = [row for row in stripe.server.all("payment_method") if row["customer"]][:1]
    wanted = replace(
        asking, reference=new_reference(), source=method["id"], save=False, is_off_session=True
    )
    outcome = stripe.gateway.charge(account, wanted)
    assert outcome.failure is not None
    assert outcome.failure.code is FailureCode.AUTHENTICATION_REQUIRED


def test_a_spent_token_is_a_definite_refusal(stripe, account):
    first = stripe.request(Wish.SUCCEEDS, new_reference(), AMOUNT)
    stripe.gateway.charge(account, first)
    outcome = stripe.gateway.charge(account, replace(first, reference=new_reference()))
    assert outcome.failure is not None
    assert outcome.failure.code is FailureCode.TOKEN_INVALID


@pytest.mark.parametrize(
    ("error", "code", "hard"),
    [
        ({"code": "card_declined", "decline_code": "do_not_honor"}, "card_declined", False),
        ({"code": "card_declined", "decline_code": "stolen_card"}, "card_declined", True),
        ({"code": "card_declined", "decline_code": "insufficient_funds"}, "insufficient_funds", 0),
        ({"code": "debit_not_authorized"}, "debit_not_authorised", True),
        ({"code": "account_closed"}, "account_closed", True),
        ({"code": "levitating", "type": "api_error"}, "gateway_refused", False),
    ],
)
def test_reasons_are_told_in_our_words(error, code, hard):
    failure = failure_of({"message": "No.", **error})
    assert (failure.code, failure.hard) == (code, bool(hard))
    assert failure.message.endswith(": No.")


def test_what_the_account_lacks_is_named(stripe):
    with pytest.raises(AccountIncomplete, match="publishable_key, webhook_secret"):
        stripe.gateway.fields(GatewayAccount("S", {}, {"secret_key": "x"}), FieldsRequest())


# --- chargebacks, payouts, events ---------------------------------------------------------------


def test_more_files_than_stripe_takes_are_refused(stripe, account):
    reference = new_reference()
    stripe.gateway.charge(account, stripe.request(Wish.SUCCEEDS, reference, AMOUNT))
    found = stripe.dispute(reference)
    file = EvidenceFile("a.pdf", "application/pdf", b"%PDF")
    with pytest.raises(Refused, match="4 files"):
        stripe.gateway.send_evidence(account, found, Evidence("text", (file,) * 5))
    told = stripe.gateway.send_evidence(account, found, Evidence("text", (file,) * 4))
    assert (told.stage, told.fee) == (ChargebackStage.UNDER_REVIEW, Money(1500, "EUR"))


def test_refunds_and_chargebacks_of_a_payout_name_their_charge(stripe, account):
    reference = new_reference()
    first = stripe.gateway.charge(account, stripe.request(Wish.SUCCEEDS, reference, AMOUNT))
    stripe.dispute(reference)
    stripe.pay_out()
    moved = [
        one
        for payout in stripe.gateway.payouts(account, since=datetime(2020, 1, 1, tzinfo=UTC))
        for one in stripe.gateway.movements(account, payout.gateway_ref)
        if one.charge == first.gateway_ref
    ]
    assert {one.kind: one.gross.minor for one in moved} == {
        MovementKind.CHARGE: 20355,
        MovementKind.CHARGEBACK: -20355,
    }


def event(kind: str, thing: dict, **change) -> dict:
    """An event of Stripe's."""
    body = {"id": "evt_1", "object": "event", "type": kind, "created": int(time.time())}
    return body | {"data": {"object": thing}} | change


DISPUTE = {"id": "dp_1", "status": "needs_response", "amount": 500, "currency": "eur",
           "charge": "ch_1", "payment_intent": "pi_1", "created": 1_700_000_000}  # fmt: skip


def test_an_inquiry_takes_no_money_and_is_no_chargeback():
    asked = DISPUTE | {"status": "warning_needs_response"}
    assert event_of(event("charge.dispute.created", asked)).facts == ()
    [fact] = event_of(event("charge.dispute.created", DISPUTE)).facts
    assert (fact.charge, fact.stage) == ("pi_1", ChargebackStage.NEEDS_RESPONSE)


def test_an_intent_of_somebody_else_tells_nothing():
    intent = {"id": "pi_1", "status": "requires_action", "amount": 5, "currency": "eur",
              "metadata": {}, "next_action": {"type": "use_stripe_sdk"}}  # fmt: skip
    assert event_of(event("payment_intent.requires_action", intent)).facts == ()


def test_a_refund_made_in_the_dashboard_has_no_reference_of_ours():
    refund = {"id": "re_1", "object": "refund", "status": "succeeded", "amount": 5,
              "currency": "eur", "payment_intent": "pi_1", "metadata": {}}  # fmt: skip
    [fact] = event_of(event("refund.created", refund)).facts
    assert (fact.reference, fact.charge, fact.result) == ("", "pi_1", Result.SUCCEEDED)


def test_kinds_that_concern_nothing_of_ours_are_kept_without_facts():
    assert event_of(event("customer.created", {"id": "cus_1"})).facts == ()


def test_a_secret_that_is_rolled_is_taken_beside_the_new_one(stripe, account):
    push = signed(SECRET, json.dumps(event("customer.created", {"id": "cus_1"})).encode())
    rolled = replace(account, secrets={**account.secrets, "webhook_secret": "whsec_new"})
    both = replace(rolled, secrets={**rolled.secrets, "webhook_secret_old": SECRET})
    arrived = {"headers": push.headers, "body": push.body, "at": datetime.now(UTC)}

    assert stripe.gateway.parse(both, **arrived)[0].ref == "evt_1"
    with pytest.raises(SignatureInvalid):
        stripe.gateway.parse(rolled, **arrived)


@pytest.mark.parametrize("body", [b"[]", b"null", b"{}", b'{"object": "event"}', b"\xff"])
def test_a_signed_body_that_is_no_event_is_refused(stripe, account, body):
    push = signed(SECRET, body)
    with pytest.raises(SignatureInvalid):
        stripe.gateway.parse(account, headers=push.headers, body=body, at=datetime.now(UTC))


def test_the_sdk_is_not_loaded_before_it_is_needed():
    import subprocess
    import sys

    code = (
        "import sys; from counterfoil.adapters.gateways.stripe.adapter import StripeGateway;"
        "print('stripe' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "False"
    assert client.sdk().__name__ == "stripe"
