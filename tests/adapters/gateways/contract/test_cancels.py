"""Stopping a charge before it settles."""

from adapters.gateways.contract.play import paid
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import Result

CAPABILITY = Capability.CANCELS


def test_a_charge_that_waits_is_stopped_and_takes_nothing(
    gateway, counterpart, account, amount, reference
):
    first = gateway.charge(account, counterpart.cancellable(reference, amount))
    stopped = gateway.cancel(account, reference, first.gateway_ref)

    assert (stopped.reference, stopped.result) == (reference, Result.CANCELLED)
    assert gateway.look_up(account, reference, first.gateway_ref).result is Result.CANCELLED
    again = gateway.cancel(account, reference, first.gateway_ref)
    assert again.result is Result.CANCELLED
    assert counterpart.charged(reference) == []


def test_a_charge_that_settled_is_told_as_it_stands(gateway, counterpart, account, amount):
    ended = paid(counterpart, account, amount)
    told = gateway.cancel(account, ended.reference, ended.gateway_ref)

    assert (told.result, told.amount) == (Result.SUCCEEDED, amount)
    assert counterpart.charged(ended.reference) == [amount]
