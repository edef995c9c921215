"""How numbers of a series look (pure)."""

from datetime import date

INVOICE_SERIES = "invoice"
CREDIT_SERIES = "credit"
IMPORT_SERIES = "import"


def number_text(template: str, number: int, *, on: date) -> str:
    """`HW-{year}-{number:05}` and the like: only these two names are filled in."""
    return template.format(number=number, year=on.year)
