"""Who acts now, and from where: said once where somebody comes in, and told to the database with
each transaction, so that the trail names them whatever is written."""

import re
from contextvars import ContextVar

from counterfoil.kernel.actor import SYSTEM, Actor

_ODD = re.compile(r"[^\w.:@+-]")
_NOBODY = (SYSTEM.label, "")
_acting: ContextVar[tuple[str, str]] = ContextVar("acting")


def act_as(actor: Actor, *, origin: str | None = None) -> Actor:
    """From now on this thread acts for `actor`, who calls from the address `origin`; from the one
    that was said before, if it is left out. Gives the actor back."""
    before = _acting.get(_NOBODY)[1]
    _acting.set((_plain(actor.label, 120), before if origin is None else _plain(origin, 45)))
    return actor


def who() -> tuple[str, str]:
    """The label of who acts, and the address that they call from."""
    return _acting.get(_NOBODY)


def told() -> str:
    """The words that tell an opening transaction who acts: literals of plain characters."""
    actor, origin = _acting.get(_NOBODY)
    words = f"; SET LOCAL app.actor = '{actor}'"
    return f"{words}; SET LOCAL app.origin = '{origin}'" if origin else words


def _plain(text: str, most: int) -> str:
    return _ODD.sub("_", text)[:most]
