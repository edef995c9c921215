"""One gateway process for the whole run, an account of its own for each test."""

from collections.abc import Iterator

import pytest

from factories.outside.webhook_receiver import Receiver
from factories.sandbox_process import AccountAtSandbox, Sandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A gateway that tests share; tests that break it start their own."""
    gateway = Sandbox(tmp_path_factory.mktemp("gateway") / "data").start()
    yield gateway
    gateway.stop()


@pytest.fixture
def own_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A gateway for one test alone, not started yet."""
    gateway = Sandbox(tmp_path_factory.mktemp("own") / "data")
    yield gateway
    if gateway.process is not None and gateway.process.poll() is None:
        gateway.stop()


@pytest.fixture
def account(sandbox: Sandbox) -> AccountAtSandbox:
    """A fresh account at the shared gateway."""
    return sandbox.open_account(origins=["http://localhost:8000"])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver on loopback."""
    listening = Receiver()
    yield listening
    listening.close()
