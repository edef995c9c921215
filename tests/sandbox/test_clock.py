"""The sandbox clock: begins where it is told, moves forward only, survives restarts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from factories.sandbox_process import Sandbox

START = "2024-11-21T00:00:00Z"
DAY = 86_400


def now(sandbox: Sandbox) -> datetime:
    """The time inside the sandbox."""
    return datetime.fromisoformat(sandbox.http.get("/v1/clock").json()["now"])


def test_clock_starts_in_the_past_and_is_advanced_to_today(own_sandbox: Sandbox) -> None:
    """A history of two years is written day by day, with the days' own times."""
    own_sandbox.start("--clock-start", START, "--no-webhooks")
    account = own_sandbox.open_account()
    first = account.charge(customer="cus_history")
    own_sandbox.advance(DAY)
    second = account.charge(customer="cus_history")
    assert (first["created"][:10], second["created"][:10]) == ("2024-11-21", "2024-11-22")
    own_sandbox.advance((datetime.now(UTC) - now(own_sandbox)).total_seconds())
    assert abs(datetime.now(UTC) - now(own_sandbox)) < timedelta(seconds=2)


def test_clock_goes_on_after_a_restart(own_sandbox: Sandbox) -> None:
    """Neither a restart nor another start option throws it back."""
    own_sandbox.start("--clock-start", START)
    own_sandbox.advance(DAY)
    before = now(own_sandbox)
    own_sandbox.stop()
    own_sandbox.start("--clock-start", START)
    assert timedelta() <= now(own_sandbox) - before < timedelta(seconds=30)


@pytest.mark.parametrize(
    "body", [{"advance_seconds": -1}, {"advance_seconds": 1e300}, {"advance_seconds": "x"}, {}]
)
def test_clock_refuses_what_is_no_step_forward(sandbox: Sandbox, body: dict[str, Any]) -> None:
    """The clock stays where it is."""
    before = now(sandbox)
    assert sandbox.post("/v1/clock", body).status_code == 400
    assert now(sandbox) - before < timedelta(seconds=5)
