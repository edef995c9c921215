"""How numbers of a series look (pure)."""

from datetime import date

from counterfoil.kernel.errors import Refused

INVOICE_SERIES = "invoice"
CREDIT_SERIES = "credit"
IMPORT_SERIES = "import"
NUMBER_MAX = 80


def number_text(template: str, number: int, *, on: date) -> str:
    """`HW-{year}-{number:05}` and the like: only these two names are filled in."""
    return template.format(number=number, year=on.year)


class BadFormat(Refused):
    """A number format that can't be filled in, or that gives two documents one number."""

    code = "bad_number_format"
    message = "A number format is text with {number} in it, and perhaps {year}."


def check_format(template: str) -> None:
    """Refuses (`BadFormat`) a format without `{number}`, with other names, or too long."""
    try:
        first, second = (number_text(template, one, on=date(2000, 1, 1)) for one in (1, 2))
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        raise BadFormat from None
    if first == second or len(number_text(template, 10**12, on=date(2000, 1, 1))) > NUMBER_MAX:
        raise BadFormat
