"""Saved methods: kept once, charged while nobody is there, forgotten."""

import pytest

from adapters.gateways.contract.counterpart import Wish, new_reference
from adapters.gateways.contract.play import OPEN
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, Result

CAPABILITY = Capability.METHODS


@pytest.fixture
def kept(gateway, counterpart, account):
    """A good instrument that is kept."""
    return gateway.save(
        account,
        source=counterpart.token(),
        customer="cus_contract",
        reference=new_reference("pm"),
    )


def off_session(kept, amount) -> ChargeRequest:
    """A charge while nobody is there."""
    return ChargeRequest(
        reference=new_reference(),
        amount=amount,
        source=kept.gateway_ref,
        customer="cus_contract",
        description="Instalment",
        return_url="",
        method=MethodKind(kept.instrument.kind),
        mandate=kept.mandate,
        is_off_session=True,
    )


def test_a_kept_method_shows_what_it_is(kept):
    assert kept.gateway_ref
    assert kept.instrument.last4
    assert not kept.is_removed


def test_keeping_the_same_twice_is_one_method(gateway, counterpart, account):
    token, reference = counterpart.token(), new_reference("pm")
    first, again = (
        gateway.save(account, source=token, customer="cus_contract", reference=reference)
        for _ in range(2)
    )
    assert again.gateway_ref == first.gateway_ref


def test_a_kept_method_is_charged_while_nobody_is_there(
    gateway, counterpart, account, amount, kept
):
    for _ in range(2):
        wanted = off_session(kept, amount)
        outcome = gateway.charge(account, wanted)
        assert outcome.result in (Result.SUCCEEDED, *OPEN)
        assert counterpart.charged(wanted.reference) == [amount]


def test_a_method_that_paid_can_be_kept(gateway, counterpart, account, amount, reference):
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount, save=True)
    outcome = gateway.charge(account, wanted)
    assert outcome.saved is not None
    again = gateway.charge(account, off_session(outcome.saved, amount))
    assert again.result in (Result.SUCCEEDED, *OPEN)


def test_a_method_that_is_forgotten_charges_nothing_more(
    gateway, counterpart, account, amount, kept
):
    gateway.remove(account, kept.gateway_ref)
    gateway.remove(account, kept.gateway_ref)
    wanted = off_session(kept, amount)
    assert gateway.charge(account, wanted).result is Result.FAILED
    assert counterpart.charged(wanted.reference) == []


def test_a_gateway_that_can_not_be_reached_forgets_nothing(gateway, line, account, kept):
    line.close()
    with pytest.raises(Unavailable):
        gateway.remove(account, kept.gateway_ref)
