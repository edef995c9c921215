"""Giving back: once per reference, never more than is left, and lost answers are found."""

import pytest

from adapters.gateways.contract.counterpart import new_reference
from adapters.gateways.contract.line import Fault
from adapters.gateways.contract.play import paid
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundRequest

CAPABILITY = Capability.REFUNDS
ACCEPTED = (Result.SUCCEEDED, Result.PROCESSING)


@pytest.fixture
def charge(counterpart, account, amount):
    """A charge that brought its money."""
    return paid(counterpart, account, amount)


@pytest.fixture
def part(charge, amount) -> RefundRequest:
    """A third of it goes back."""
    third = Money(amount.minor // 3, amount.currency)
    return RefundRequest(new_reference("ref"), charge.gateway_ref, third, "Late")


def test_a_part_goes_back_and_is_found_by_its_reference(
    gateway, counterpart, account, charge, part
):
    told = gateway.refund(account, part)

    assert (told.reference, told.charge) == (part.reference, charge.gateway_ref)
    assert told.result in ACCEPTED
    assert told.amount == part.amount
    found = gateway.look_up_refund(account, part.reference, charge.gateway_ref)
    assert found.result in ACCEPTED
    assert (found.gateway_ref, found.amount) == (told.gateway_ref, part.amount)
    assert counterpart.refunded(charge.reference) == [part.amount]


def test_the_same_reference_twice_is_one_refund(gateway, counterpart, account, charge, part):
    gateway.refund(account, part)
    again = gateway.refund(account, part)
    assert again.result in (*ACCEPTED, Result.UNKNOWN)
    assert counterpart.refunded(charge.reference) == [part.amount]


def test_all_that_is_left_can_go_back_and_nothing_more(
    gateway, counterpart, account, charge, part, amount
):
    gateway.refund(account, part)
    rest = amount - part.amount
    over = RefundRequest(new_reference("ref"), charge.gateway_ref, amount)
    refused = gateway.refund(account, over)
    whole = RefundRequest(new_reference("ref"), charge.gateway_ref, rest)

    assert refused.result is Result.FAILED
    assert refused.failure is not None
    assert refused.failure.message
    assert gateway.refund(account, whole).result in ACCEPTED
    assert sorted(money.minor for money in counterpart.refunded(charge.reference)) == sorted(
        [part.amount.minor, rest.minor]
    )


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.ERROR_AFTER, Fault.TRUNCATED])
def test_a_refund_whose_answer_is_lost_is_unknown_and_found(
    gateway, counterpart, line, account, charge, part, fault
):
    line.break_next(fault)
    told = gateway.refund(account, part)

    assert (told.result, told.failure) == (Result.UNKNOWN, None)
    found = gateway.look_up_refund(account, part.reference, charge.gateway_ref)
    assert (found.result in ACCEPTED, found.amount) == (True, part.amount)
    assert counterpart.refunded(charge.reference) == [part.amount]


def test_a_refund_that_was_never_sent_is_absent(gateway, counterpart, line, account, charge, part):
    line.break_next(Fault.BUSY)
    with pytest.raises(Unavailable):
        gateway.refund(account, part)
    line.break_next(Fault.CUT_BEFORE)
    assert gateway.refund(account, part).result is Result.UNKNOWN

    found = gateway.look_up_refund(account, part.reference, charge.gateway_ref)
    assert found.result is Result.ABSENT
    assert counterpart.refunded(charge.reference) == []
