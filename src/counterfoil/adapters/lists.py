"""The rows of a gateway's own list, read one by one."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from counterfoil.kernel.errors import Problem, Unavailable
from counterfoil.kernel.ports.gateways.listing import Listed, Unread

_OURS = ("pay_", "ref_")


def each(
    rows: Iterable[Any], read: Callable[[Any], Listed], reference_of: Callable[[Any], str]
) -> Iterator[Listed | Unread]:
    """What the rows say. One that can't be read is another program's if it carries no reference of
    ours, and `Unread`; with one, this is no list to compare with: `Unavailable`."""
    for row in rows:
        found: Listed | Unread
        try:
            found = read(row)
        except (AttributeError, KeyError, TypeError, ValueError, Problem) as error:
            if not isinstance(row, dict) or reference_of(row).startswith(_OURS):
                raise Unavailable("The gateway's list can't be read.") from error
            found = Unread()
        yield found
