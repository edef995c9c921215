"""GoCardless's webhooks: many events in one signed push."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.gateways.contract.counterparts.gocardless import signed
from counterfoil.adapters.gateways.gocardless.adapter import GoCardlessGateway
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.events import Mention, SignatureInvalid
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState

GATEWAY = GoCardlessGateway()
BODY = (Path(__file__).parent / "fixtures/push.json").read_bytes()
NOW = datetime(2026, 3, 12, 10, tzinfo=UTC)
SECRETS = {"access_token": "t", "webhook_secret": "hooks"}
ACCOUNT = GatewayAccount("GC", {"url": "http://127.0.0.1:1"}, SECRETS)


def parsed(body: bytes, secret: str = "hooks", account: GatewayAccount = ACCOUNT):
    return GATEWAY.parse(account, headers=signed(body, secret).headers, body=body, at=NOW)


def test_each_event_of_a_push_is_one_event():
    events = parsed(BODY)
    assert [(event.ref, event.kind) for event in events] == [
        ("EV00R1", "payments.confirmed"),
        ("EV00R2", "refunds.paid"),
        ("EV00R3", "mandates.cancelled"),
        ("EV00R4", "billing_requests.fulfilled"),
        ("EV00R5", "payouts.paid"),
    ]
    assert [event.facts for event in events] == [
        (Mention("PM00Q7", "pay_01kjpq7f00e9r8k2v1m3n4p5q6"),),
        (Mention("PM00Q3"),),
        (MandateOutcome("", MandateState.REVOKED, "MD00Q1", reason="ADDACS-B"),),
        (MandateOutcome("", MandateState.UNKNOWN, "BRQ00Q5"),),
        (),
    ]
    assert events[0].occurred_at == datetime(2026, 3, 12, 9, 0, 0, 500_000, tzinfo=UTC)


def test_a_push_holds_up_to_250_events():
    [event, *_] = json.loads(BODY)["events"]
    rows = [event | {"id": f"EV{number}"} for number in range(250)]
    assert len({one.ref for one in parsed(json.dumps({"events": rows}).encode())}) == 250
    with pytest.raises(SignatureInvalid):
        parsed(json.dumps({"events": [*rows, event]}).encode())


def test_two_secrets_hold_while_one_is_replaced():
    both = GatewayAccount("GC", ACCOUNT.settings, {**SECRETS, "webhook_secret_old": "before"})
    assert parsed(BODY, "before", both) == parsed(BODY)
    with pytest.raises(SignatureInvalid):
        parsed(BODY, "before")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{}", b'{"events": {}}', b'{"events": 1}', b"\xff",
     b"[" * 100_000],
)  # fmt: skip
def test_what_is_signed_but_no_event_is_refused(body):
    with pytest.raises(SignatureInvalid):
        parsed(body)


@pytest.mark.parametrize(
    "row", [{}, 1, None, [], {"id": 7}, {"created_at": "yesterday"},
            {"created_at": "2026-03-12T09:00:00"}, {"action": None}, {"links": {"mandate": 5}}]
)  # fmt: skip
def test_an_event_that_can_not_be_read_is_set_aside_and_those_beside_it_count(row):
    good, _, mandate, *_ = json.loads(BODY)["events"]
    bad = {**mandate, **row} if row and isinstance(row, dict) else row
    pushed = json.dumps({"events": [bad, good, bad]}).encode()
    first, second, third = parsed(pushed)
    assert (first.facts, first.doubt, first == third) == ((), "an event that can't be read", True)
    assert (second.facts != (), second.doubt) == (True, "")
    assert [one.ref for one in parsed(pushed)] == [first.ref, second.ref, third.ref]


def test_an_event_with_odd_links_is_kept_without_facts():
    rows = json.loads(BODY)["events"]
    odd = [rows[0] | {"links": links} for links in (None, [], {}, {"payment": ""})]
    assert [event.facts for event in parsed(json.dumps({"events": odd}).encode())] == [()] * 4
