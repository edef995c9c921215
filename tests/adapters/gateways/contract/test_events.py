"""What a gateway pushes: signed over the very bytes, not long ago, and told in facts."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.gateways.contract.counterpart import Counterpart, Push
from adapters.gateways.contract.play import paid
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.events import GatewayEvent, Mention, SignatureInvalid
from counterfoil.kernel.ports.gateways.outcomes import Result

CAPABILITY = Capability.EVENTS


@pytest.fixture
def told(counterpart: Counterpart, account: GatewayAccount, amount) -> Outcome:
    """A charge that brought its money, as the look-up tells it."""
    return paid(counterpart, account, amount)


@pytest.fixture
def push(counterpart: Counterpart, told: Outcome) -> Push:
    """The last webhook of this charge."""
    return counterpart.pushes(told.reference)[-1]


def parsed(gateway, account: GatewayAccount, push: Push, **change) -> tuple[GatewayEvent, ...]:
    """The events of a push that arrives now."""
    how = {"headers": push.headers, "body": push.body, "at": datetime.now(UTC)} | change
    events: tuple[GatewayEvent, ...] = gateway.parse(account, **how)
    return events


def test_a_push_tells_of_the_charge(gateway, counterpart, account, amount, told):
    pushes = counterpart.pushes(told.reference)
    events = [event for push in pushes for event in parsed(gateway, account, push)]

    assert all(event.ref and event.kind and event.occurred_at.tzinfo for event in events)
    facts = [fact for event in events for fact in event.facts]
    outcomes = [
        fact for fact in facts if isinstance(fact, Outcome) and fact.reference == told.reference
    ]
    mentions = [fact for fact in facts if isinstance(fact, Mention) and _names(fact, told)]
    assert outcomes or mentions
    for outcome in outcomes:
        assert outcome.gateway_ref == told.gateway_ref
        if outcome.result is Result.SUCCEEDED:
            assert outcome.amount == amount


def _names(mention: Mention, told: Outcome) -> bool:
    return told.reference == mention.reference or told.gateway_ref == mention.gateway_ref


def test_a_push_that_comes_again_is_the_same_event(gateway, account, push):
    first, again = parsed(gateway, account, push), parsed(gateway, account, push)
    assert [event.ref for event in first] == [event.ref for event in again]


def test_what_was_verified_when_it_came_is_read_again_whatever_the_secrets_are(
    gateway, account, push
):
    """A secret that was replaced at once, while a stored push waits to be acted on."""
    at = datetime.now(UTC)
    rolled = {name: text[:-2] + "00" for name, text in account.secrets.items()}
    now = GatewayAccount(account.name, account.settings, rolled)

    assert gateway.events_in(now, body=push.body, at=at) == parsed(gateway, account, push, at=at)


def test_names_of_headers_have_no_case(gateway, account, push):
    shouted = {name.upper(): value for name, value in push.headers.items()}
    lower = {name.lower(): value for name, value in push.headers.items()}
    assert parsed(gateway, account, push, headers=shouted) == parsed(
        gateway, account, push, headers=lower
    )


def test_an_altered_body_is_refused(gateway, counterpart, account, push):
    if not counterpart.signs:
        pytest.skip(f"{counterpart.name} does not sign what it pushes")
    for body in (push.body + b" ", push.body[:-1], push.body.replace(b"1", b"2"), b""):
        with pytest.raises(SignatureInvalid):
            parsed(gateway, account, push, body=body)


def test_a_wrong_or_missing_signature_is_refused(gateway, counterpart, line, account, push):
    if not counterpart.signs:
        pytest.skip(f"{counterpart.name} does not sign what it pushes")
    with pytest.raises(SignatureInvalid):
        parsed(gateway, counterpart.stranger(line.url), push)
    for headers in ({}, dict.fromkeys(push.headers, ""), dict.fromkeys(push.headers, "é,t=v1")):
        with pytest.raises(SignatureInvalid):
            parsed(gateway, account, push, headers=headers)


def test_an_old_push_is_refused(gateway, counterpart, account, push):
    if not counterpart.signs_time:
        pytest.skip(f"{counterpart.name} does not sign when it pushed")
    for away in (timedelta(hours=1), timedelta(hours=-1)):
        with pytest.raises(SignatureInvalid):
            parsed(gateway, account, push, at=datetime.now(UTC) + away)
