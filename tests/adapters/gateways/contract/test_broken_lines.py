"""Lines that break: UNKNOWN is never FAILED, and whatever happened is found once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from adapters.gateways.contract.counterpart import Wish
from adapters.gateways.contract.line import Fault
from adapters.gateways.contract.play import OPEN, finished
from counterfoil.adapters import outbound
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import Result

CAPABILITY = Capability.CHARGES
SECONDS_MAX = 7.0
SHORT_SECONDS = 1.0


@contextmanager
def patience(fault: Fault) -> Iterator[None]:
    """Nobody need wait the whole deadline for what never comes; the sandbox's own tests time it."""
    with pytest.MonkeyPatch.context() as patch:
        if fault is Fault.HANG:
            outbound._http.cache_clear()
            patch.setattr(outbound, "DEADLINE_SECONDS", SHORT_SECONDS)
        yield
    if fault is Fault.HANG:
        outbound._http.cache_clear()


@pytest.mark.parametrize(
    "fault",
    [Fault.CUT_AFTER, Fault.ERROR_AFTER, Fault.TRUNCATED, Fault.GARBAGE, Fault.HANG],
)
def test_an_answer_that_is_lost_is_unknown_and_the_money_is_found(
    gateway, counterpart, line, account, amount, reference, fault
):
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    line.break_next(fault)
    began = time.monotonic()
    with patience(fault):
        outcome = gateway.charge(account, wanted)

    assert (outcome.reference, outcome.result) == (reference, Result.UNKNOWN)
    assert outcome.failure is None
    assert time.monotonic() - began < SECONDS_MAX
    found = finished(counterpart, account, reference)
    assert (found.result, found.amount) == (Result.SUCCEEDED, amount)
    assert counterpart.charged(reference) == [amount]


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.ERROR_BEFORE])
def test_a_call_that_is_lost_is_unknown_and_nothing_is_found(
    gateway, counterpart, line, account, amount, reference, fault
):
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    line.break_next(fault)
    outcome = gateway.charge(account, wanted)

    assert (outcome.result, outcome.failure) == (Result.UNKNOWN, None)
    assert gateway.look_up(account, reference).result is Result.ABSENT
    assert counterpart.charged(reference) == []


def test_a_gateway_that_is_busy_has_started_nothing(
    gateway, counterpart, line, account, amount, reference
):
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    line.break_next(Fault.BUSY)
    with pytest.raises(Unavailable) as found:
        gateway.charge(account, wanted)

    assert found.value.retry_after is not None
    assert found.value.retry_after.total_seconds() == 3
    assert counterpart.charged(reference) == []


def test_a_gateway_that_can_not_be_reached_has_started_nothing(
    gateway, counterpart, line, amount, reference
):
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    account = counterpart.account(line.url)
    line.close()
    with pytest.raises(Unavailable):
        gateway.charge(account, wanted)
    with pytest.raises(Unavailable):
        gateway.look_up(account, reference)
    assert counterpart.charged(reference) == []


def test_another_amount_is_told_as_it_is(gateway, counterpart, line, account, amount, reference):
    """The adapter hides nothing: whoever compares with the attempt sees it."""
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    line.tell_another_amount(amount)
    outcome = gateway.charge(account, wanted)

    if outcome.amount is None:
        assert outcome.result in OPEN
        pytest.skip(f"{counterpart.name} tells no amount before the money moved")
    assert outcome.amount == Money(amount.minor + 1, amount.currency)
