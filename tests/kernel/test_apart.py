"""Each on its own: what breaks is told of, and the next goes on."""

import logging
from datetime import timedelta

import pytest

from counterfoil.kernel.apart import each_apart, each_in_turn
from counterfoil.kernel.errors import Unavailable


def test_what_breaks_is_logged_and_the_next_goes_on(caplog):
    def work(row):
        if row == 1:
            raise Unavailable("The gateway is away.")
        return 12 // row

    assert each_apart([3, 0, 1, 4], work) == [4, 3]

    assert [(one.levelno, one.getMessage()) for one in caplog.records] == [
        (logging.ERROR, "0 broke"),
        (logging.WARNING, "1: The gateway is away."),
    ]
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


def test_who_ends_the_process_is_not_held_up():
    def ended(_row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        each_apart([1], ended)


@pytest.fixture
def hours(monkeypatch):
    """A clock that stands still until it is told to go on."""
    from counterfoil.kernel import clock

    passed = [timedelta()]
    monkeypatch.setattr(clock, "uptime", lambda: passed[0])

    def go_on(seconds):
        passed[0] += timedelta(seconds=seconds)

    return go_on


def test_what_hangs_for_one_owner_holds_up_the_others_for_one_turn(hours):
    done = []

    def work(row):
        if row[0] == "slow":
            hours(15)
        done.append(row)

    rows = [("slow", 1), ("slow", 2), ("slow", 3), ("slow", 4), ("fast", 1), ("fast", 2)]
    assert each_in_turn(rows, lambda row: row[0], work) == 4
    assert done == [("slow", 1), ("slow", 2), ("fast", 1), ("fast", 2)]
