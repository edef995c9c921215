"""The gateway's own list: every charge and refund of a time, each once."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.play import paid
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest

CAPABILITY = Capability.LISTING
ALWAYS = {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime(2100, 1, 1, tzinfo=UTC)}


def test_each_charge_is_listed_once_with_what_became_of_it(gateway, counterpart, account, amount):
    ours = [paid(counterpart, account, amount) for _ in range(3)]
    waiting = new_reference()
    if Wish.NEEDS_STEP in counterpart.wishes:
        gateway.charge(account, counterpart.request(Wish.NEEDS_STEP, waiting, amount))

    listed = [one for one in gateway.listed(account, **ALWAYS) if isinstance(one.fact, Outcome)]
    charges = [one.fact for one in listed]
    assert len({fact.gateway_ref for fact in charges}) == len(charges)
    for known in ours:
        [found] = [fact for fact in charges if fact.reference == known.reference]
        assert (found.result, found.amount) == (Result.SUCCEEDED, amount)
        assert found.gateway_ref == known.gateway_ref
        whose = [one.customer for one in listed if one.fact.reference == known.reference]
        assert whose == [counterpart.request(Wish.SUCCEEDS, waiting, amount).customer]
    if Wish.NEEDS_STEP in counterpart.wishes:
        assert [fact.result for fact in charges if fact.reference == waiting] == [
            Result.ACTION_REQUIRED
        ]


def test_a_charge_is_listed_with_what_it_was_for(gateway, counterpart, account, amount):
    known = paid(counterpart, account, amount)

    [found] = [
        one for one in gateway.listed(account, **ALWAYS) if one.fact.reference == known.reference
    ]
    asked = counterpart.request(Wish.SUCCEEDS, known.reference, amount)
    assert found.description == asked.description != ""


def test_each_refund_is_listed_once(gateway, counterpart, account, amount):
    if Capability.REFUNDS not in gateway.capabilities:
        pytest.skip(f"{counterpart.name} gives nothing back")
    charge = paid(counterpart, account, amount)
    half = Money(amount.minor // 2, amount.currency)
    asked = RefundRequest(new_reference("ref"), charge.gateway_ref, half)
    gateway.refund(account, asked)

    facts = [one.fact for one in gateway.listed(account, **ALWAYS)]
    [found] = [
        fact
        for fact in facts
        if isinstance(fact, RefundOutcome) and fact.reference == asked.reference
    ]
    assert (found.charge, found.amount) == (charge.gateway_ref, half)


def test_only_that_time_is_listed(gateway, counterpart, account, amount):
    known = paid(counterpart, account, amount)
    [made] = [
        one.created_at
        for one in gateway.listed(account, **ALWAYS)
        if isinstance(one.fact, Outcome) and one.fact.reference == known.reference
    ]
    later = made + timedelta(minutes=1)
    listed = gateway.listed(account, since=later, until=later + timedelta(days=1))
    assert known.reference not in {one.fact.reference for one in listed}


def test_a_list_that_can_not_be_asked_for_is_unavailable(gateway, line, account):
    line.close()
    with pytest.raises(Unavailable):
        list(gateway.listed(account, **ALWAYS))
