"""Each on its own: what breaks one row, one account or one business holds up no other."""

import logging
from collections.abc import Callable, Hashable, Iterable
from datetime import timedelta
from typing import TypeVar

from counterfoil.kernel import clock
from counterfoil.kernel.errors import Problem

R = TypeVar("R")
T = TypeVar("T")

TURN = timedelta(seconds=20)  # of one gateway account in a sweep: what is left has the next one

_log = logging.getLogger(__name__)


def each_apart(rows: Iterable[R], work: Callable[[R], T]) -> list[T]:
    """Does this work for each row; what breaks is logged, and the next goes on. Returns what came
    of those that did not break."""
    done = []
    for row in rows:
        try:
            done.append(work(row))
        except Problem as problem:
            _log.warning("%s: %s", _name(row), problem.message)
        except Exception as error:  # noqa: BLE001  whatever it is, the next is none the worse
            tell_broken(_name(row), error)
    return done


def each_in_turn(
    rows: Iterable[R], whose: Callable[[R], Hashable], work: Callable[[R], object]
) -> int:
    """The same, one owner after the other, each for no longer than a `TURN`: what hangs for one of
    them holds up the others for so long at most. What is left of a turn is left undone; returns how
    many were taken up."""
    owned: dict[Hashable, list[R]] = {}
    for row in rows:
        owned.setdefault(whose(row), []).append(row)
    taken = 0
    for own in owned.values():
        is_over = clock.turn(TURN)
        for row in own:
            if is_over():
                break
            each_apart([row], work)
            taken += 1
    return taken


def _name(row: object) -> str:
    return str(getattr(row, "id", row))


def tell_broken(name: str, error: Exception) -> None:
    """Writes a bug, or the database's trouble, into the log."""
    _log.error("%s broke", name, exc_info=error)
