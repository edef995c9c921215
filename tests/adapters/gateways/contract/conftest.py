"""Every test of the contract runs once for each counterpart; what does not apply is skipped."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.gateways.contract.counterpart import Counterpart, new_reference
from adapters.gateways.contract.counterparts import counterparts
from adapters.gateways.contract.line import Line
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount


@pytest.fixture(scope="session", params=counterparts(), ids=lambda kind: kind.name)
def running(request: pytest.FixtureRequest) -> Iterator[Counterpart]:
    """A counterpart that runs, the same for all tests."""
    made: Counterpart = request.param()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def counterpart(request: pytest.FixtureRequest, running: Counterpart) -> Counterpart:
    """The counterpart, if its adapter declares what the test module is about."""
    capability = getattr(request.module, "CAPABILITY", None)
    if capability is not None and capability not in running.gateway.capabilities:
        pytest.skip(f"{running.name} does not declare {capability}")
    if capability is not None and capability not in running.proves:
        pytest.skip(f"{running.name} can't prove {capability}")
    gap = running.gaps.get(request.node.originalname)
    if gap:
        pytest.skip(f"{running.name}: {gap}")
    return running


@pytest.fixture
def gateway(counterpart: Counterpart) -> Any:
    """The adapter under test."""
    return counterpart.gateway


@pytest.fixture
def line(counterpart: Counterpart) -> Iterator[Line]:
    """The line to the counterpart."""
    made = Line(counterpart)
    yield made
    made.close()


@pytest.fixture
def account(counterpart: Counterpart, line: Line) -> GatewayAccount:
    """Our account, over the line."""
    return counterpart.account(line.url)


@pytest.fixture
def amount(counterpart: Counterpart) -> Money:
    """The usual amount."""
    return counterpart.amounts[0]


@pytest.fixture
def reference() -> str:
    """A charge's reference that nobody has used."""
    return new_reference()
