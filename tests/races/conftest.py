"""How often each pair races: a few times in the suite, `RACE_ROUNDS=500` before a release."""

import os

import pytest

ROUNDS = int(os.environ.get("RACE_ROUNDS", "3"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `turn` runs that often."""
    if "turn" in metafunc.fixturenames:
        metafunc.parametrize("turn", range(ROUNDS))
