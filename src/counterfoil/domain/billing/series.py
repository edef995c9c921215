"""How numbers of a series look (pure)."""

import re
from collections.abc import Collection
from datetime import date

from counterfoil.kernel.errors import Refused

INVOICE_SERIES = "invoice"
CREDIT_SERIES = "credit"
IMPORT_SERIES = "import"
NUMBER_MAX = 80
_MARK = re.compile(r"[0-9A-Za-z]{1,10}")


def number_text(template: str, number: int, *, on: date) -> str:
    """`HW-{year}-{number:05}` and the like: only these two names are filled in."""
    return template.format(number=number, year=on.year)


def marked(template: str, mark: str, before: Collection[str] = ()) -> str:
    """The format with a mark before the number, in the place of the mark of a restore `before`:
    `INV-{year}-R261123-{number:05}`. Numbers of the two are never the same.

    A format that has the mark already stays. Refuses what is no mark (`BadMark`), and one that the
    numbers had before another (`UsedMark`)."""
    if not _MARK.fullmatch(mark):
        raise BadMark
    has = re.search(r"(?<![0-9A-Za-z])([0-9A-Za-z]+)-\{number", template)
    old = f"{has[1]}-{{number" if has and has[1] in before else "{number"
    found = template.replace(old, f"{mark}-{{number", 1)
    if mark in before and found != template:
        raise UsedMark
    return found


class BadMark(Refused):
    """What should tell the numbers after a restore from those before it."""

    code = "bad_mark"
    message = "A mark has 1 to 10 letters and figures."


class UsedMark(BadMark):
    """Numbers with this mark were given before a later restore."""

    code = "used_mark"
    message = "Numbers had this mark before: name one that is new."


class BadFormat(Refused):
    """A number format that can't be filled in, or that gives two documents one number."""

    code = "bad_number_format"
    message = (
        "A number format is text with {number} in it, and perhaps {year}. Between slashes, and "
        "after the last one, something has to stand; after the last one a figure too."
    )


def check_format(template: str) -> None:
    """Refuses (`BadFormat`) a format without `{number}`, with other names, or too long; and one
    whose numbers can't stand in an address (`2026/7` can, `/7`, `../7` and `7/pay` can't)."""
    try:
        first, second = (number_text(template, one, on=date(2000, 1, 1)) for one in (1, 2))
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        raise BadFormat from None
    if first == second or len(number_text(template, 10**12, on=date(2000, 1, 1))) > NUMBER_MAX:
        raise BadFormat
    pieces = first.split("/")
    if any(piece in ("", ".", "..") for piece in pieces) or not re.search("[0-9]", pieces[-1]):
        raise BadFormat
