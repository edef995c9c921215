"""What is behind an event that only names a charge."""

from datetime import UTC, datetime

import pytest

from adapters.gateways.contract.counterpart import Wish
from adapters.gateways.contract.play import paid
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.events import Mention
from counterfoil.kernel.ports.gateways.outcomes import Result

CAPABILITY = Capability.MENTIONS


def test_a_charge_that_is_mentioned_is_told_as_it_stands(
    gateway, counterpart, account, amount, reference
):
    first = gateway.charge(account, counterpart.request(Wish.SUCCEEDS, reference, amount))
    told, *_ = gateway.ask(account, Mention(first.gateway_ref, reference))
    assert (told.reference, told.result) == (reference, counterpart.at_first)
    assert told.gateway_ref == first.gateway_ref


def test_what_a_push_mentions_is_the_end(gateway, counterpart, account, amount):
    ended = paid(counterpart, account, amount)
    mentions = [
        fact
        for push in counterpart.pushes(ended.reference)
        for event in gateway.parse(
            account, headers=push.headers, body=push.body, at=datetime.now(UTC)
        )
        for fact in event.facts
        if isinstance(fact, Mention)
    ]
    if not mentions:
        pytest.skip(f"{counterpart.name} pushes the end itself")
    for mention in mentions:
        told, *_ = gateway.ask(account, mention)
        assert (told.reference, told.result, told.amount) == (
            ended.reference,
            Result.SUCCEEDED,
            amount,
        )


def test_what_can_not_be_asked_now_is_unavailable(
    gateway, counterpart, line, account, amount, reference
):
    first = gateway.charge(account, counterpart.request(Wish.SUCCEEDS, reference, amount))
    line.close()
    with pytest.raises(Unavailable):
        gateway.ask(account, Mention(first.gateway_ref, reference))
