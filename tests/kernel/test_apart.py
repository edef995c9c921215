"""Each on its own: what breaks is told of, and the next goes on."""

import logging

import pytest

from counterfoil.kernel.apart import each_apart
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
