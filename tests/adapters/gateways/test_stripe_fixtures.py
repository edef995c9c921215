"""Objects that Stripe itself publishes, and events that other programs kept: each that concerns a
capability is read, or stands in the table of what is refused and why."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from counterfoil.adapters.answers import Unreadable
from counterfoil.adapters.gateways.stripe.chargebacks import chargeback_of, is_inquiry
from counterfoil.adapters.gateways.stripe.events import event_of
from counterfoil.adapters.gateways.stripe.payouts import movement_of, payout_of
from counterfoil.adapters.gateways.stripe.translate import (
    mandate_of,
    outcome_of,
    refund_of,
    saved_of,
    set_up_of,
)
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.mandates import MandateState
from counterfoil.kernel.ports.gateways.outcomes import Result

DATA = Path(os.environ.get("COUNTERFOIL_TEST_DATA") or "no-such-folder") / "payments/stripe"
KEPT = DATA / "dj-stripe-dj-stripe"
PUBLISHED = DATA / "stripe-openapi/openapi/fixtures3.json"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="COUNTERFOIL_TEST_DATA names no folder with Stripe's objects"
)

READERS: dict[str, Callable[[Any], Any]] = {
    "payment_intent": outcome_of,
    "refund": refund_of,
    "dispute": chargeback_of,
    "payout": payout_of,
    "balance_transaction": movement_of,
    "mandate": mandate_of,
    "setup_intent": set_up_of,
    "payment_method": saved_of,
    "event": event_of,
}
REFUSED = {
    "dispute": "an inquiry (warning_needs_response): no money has moved",
    "payout_custom_card.json": "its amount is a decimal text, as that program's database has it",
    "payout_custom_bank_account.json": "its amount is a decimal text, as above",
}


def published() -> list[tuple[str, Any]]:
    if not PUBLISHED.is_file():
        return []
    resources = json.loads(PUBLISHED.read_text())["resources"]
    return [(kind, resources[kind]) for kind in READERS]


def kept() -> list[tuple[str, Any]]:
    found = [(path.name, json.loads(path.read_text())) for path in sorted(KEPT.glob("*.json"))]
    return [(name, thing) for name, thing in found if thing.get("object") in READERS]


@pytest.mark.parametrize(
    ("name", "thing"), [*published(), *kept()], ids=lambda part: str(part)[:60]
)
def test_each_object_is_read_or_refused_for_a_reason(name, thing):
    read = READERS[thing["object"]]
    if name in REFUSED:
        with pytest.raises(Unreadable):
            read(thing)
    else:
        assert read(thing)


def test_nothing_that_concerns_us_is_left_out():
    assert len(kept()) == 10
    assert {thing["object"] for _, thing in kept()} == {
        "payment_intent", "payment_method", "balance_transaction", "payout", "event"
    }  # fmt: skip


def test_what_they_say_is_what_we_read():
    things = dict(published() + kept())
    intent = outcome_of(things["payment_intent_pi_destination_charge.json"])
    assert (intent.result, intent.amount) == (Result.SUCCEEDED, Money(190200, "USD"))
    withdrawn = movement_of(things["dispute_txn_fakefakefakefake01.json"])
    assert (withdrawn.gross.minor, withdrawn.fee.minor, withdrawn.net.minor) == (-1000, 1500, -2500)
    assert payout_of(things["payout"]).amount == Money(1100, "USD")
    assert mandate_of(things["mandate"]).state is MandateState.ACTIVE
    assert refund_of(things["refund"]).amount == Money(100, "USD")
    assert is_inquiry(things["dispute"])
