"""Whole lives in trouble: every invariant holds, and the same seed lives the same life."""

import re
import subprocess
import sys

import pytest

from counterfoil_simulator.life import live
from counterfoil_simulator.site import Site

SEEDS = 300


def test_the_same_seed_lives_the_same_life(site: Site) -> None:
    for seed in range(1, 13):
        first, again = live(seed, site), live(seed, site)
        assert (again.story, again.tally) == (first.story, first.tally)


def test_a_story_names_what_it_is_about(site: Site) -> None:
    story = live(1, site).story
    assert re.search(r"(Alice|Bob) pays [0-9]+ [A-Z]{3} for", story)
    assert "From now on nothing goes wrong." in story


@pytest.mark.slow
def test_the_command_lives_many_seeds() -> None:
    """As an operator runs it: a database of its own, a process for each core."""
    command = [sys.executable, "-m", "counterfoil.cli.main", "simulate", "--seeds", str(SEEDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SEEDS} seeds in" in done.stdout
    assert "all invariants hold" in done.stdout
