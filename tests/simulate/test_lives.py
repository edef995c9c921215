"""Whole lives in trouble: every invariant holds, and the same seed lives the same life."""

import re
import shlex
import subprocess
import sys

import pytest

from counterfoil_simulator.command import tell
from counterfoil_simulator.crew import Lived
from counterfoil_simulator.life import live
from counterfoil_simulator.machine.weather import KINDS
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


@pytest.mark.slow
def test_the_line_that_a_broken_seed_prints_lives_it_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Run as it stands there; without any kind of fault nothing goes wrong in it."""
    tell(Lived(7, ("I4 what the gateway captured is booked",), "", 1, {}, tuple(KINDS)))
    (line,) = re.findall(r"The same again: counterfoil (.+)", capsys.readouterr().out)
    command = [sys.executable, "-m", "counterfoil.cli.main", *shlex.split(line)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 seeds in" in done.stdout
    assert "faults  0: " in done.stdout
