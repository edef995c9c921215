"""What a charge says it is for: words that a gateway shows to the payer and keeps in its list."""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 100  # what the shortest of the gateways keeps
_BETWEEN = ", "
_MORE = " +"


@dataclass(frozen=True, slots=True)
class Purpose:
    """The numbers of invoices that were named, and how many more there were."""

    numbers: tuple[str, ...] = ()
    more: int = 0


def told(numbers: Sequence[str]) -> str:
    """`HW-0007, HW-0012 +3`: as many as there is room for (100 characters), and how many more;
    empty if there are none, or not even the first has room. The same in every language."""
    for count in range(len(numbers), 0, -1):
        more = len(numbers) - count
        text = _BETWEEN.join(numbers[:count]) + (f"{_MORE}{more}" if more else "")
        if len(text) <= LONGEST:
            return text
    return ""


def read(text: str) -> Purpose:
    """What such words named. Of other words, or of a number with a comma in it, it finds what is
    no number of any invoice: whoever asks looks for those that there are."""
    named, mark, count = text.rpartition(_MORE)
    if not mark or not (count.isascii() and count.isdigit()):
        named, count = text, "0"
    return Purpose(tuple(one for one in named.split(_BETWEEN) if one), int(count))
