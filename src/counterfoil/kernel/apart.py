"""Each on its own: what breaks one row, one account or one business holds up no other."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from counterfoil.kernel.errors import Problem

R = TypeVar("R")
T = TypeVar("T")

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


def _name(row: object) -> str:
    return str(getattr(row, "id", row))


def tell_broken(name: str, error: Exception) -> None:
    """Writes a bug, or the database's trouble, into the log."""
    _log.error("%s broke", name, exc_info=error)
