"""The fixtures that hold a business, its neighbour, customers and a gateway."""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

import pytest

from counterfoil.domain.billing.rows import IssuedInvoice
from counterfoil.infra.limits import Doorkeeper
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from factories import businesses, customers, invoices
from factories.gateways import Script, ScriptedGateway
from factories.sandbox_process import HOME, AccountAtSandbox, Sandbox, held


@pytest.fixture(autouse=True)
def acting_for_nobody() -> None:
    """Whoever a test acted for is gone when the next one begins."""
    act_as(SYSTEM, origin="")


@pytest.fixture(autouse=True)
def nobody_is_shut_out() -> None:
    """Who knocked wrongly too often in one test may knock again in the next."""
    for keeper in Doorkeeper.all:
        keeper.forget()


@pytest.fixture
def business(database: None) -> BusinessId:
    """Harrow Water at harrow.example, in euro, with a sandbox account that opens nothing."""
    return businesses.found()


@pytest.fixture
def other_business(database: None) -> BusinessId:
    """Mill Lane at mill.example, in euro: the neighbour that nobody may look at."""
    return businesses.found("mill", name="Mill Lane")


@pytest.fixture
def customer(business: BusinessId) -> UUID:
    """Alice, alice@example.com, a customer of `business`."""
    return customers.add_customer(business, "Alice")


@pytest.fixture
def other_customer(business: BusinessId) -> UUID:
    """Bob, bob@example.com, another customer of `business`."""
    return customers.add_customer(business, "Bob")


@pytest.fixture
def issued(business: BusinessId, customer: UUID) -> Callable[..., IssuedInvoice]:
    """Issues an invoice to Alice: `issued(line("40", tax="20"))`, one of 100.00 if nothing said."""
    return partial(invoices.issued_invoice, business, customer)


@pytest.fixture
def gateway(business: BusinessId) -> Iterator[Script]:
    """New payments of `business` go to the scripted gateway; what it was asked is in the script."""
    from django.test import override_settings

    ScriptedGateway.script = Script()
    kinds = {
        "scripted": "factories.gateways.ScriptedGateway",
        "sandbox": "factories.gateways.QuietGateway",
    }
    with override_settings(GATEWAYS=kinds):
        businesses.add_gateway(business, "scripted")
        yield ScriptedGateway.script


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The real gateway in a process of its own, for the tests of one module."""
    there = Sandbox(tmp_path_factory.mktemp("sandbox") / "data").start()
    yield there
    there.stop()


@pytest.fixture
def there(sandbox: Sandbox) -> AccountAtSandbox:
    """A fresh account of ours as the gateway sees it."""
    return sandbox.open_account(origins=[HOME])


@pytest.fixture
def ours(there: AccountAtSandbox) -> GatewayAccount:
    """The same account as we hold it."""
    return held(there)
