"""Says in the reader's language why a file or a line of it was refused.

An import keeps its reasons as plain English sentences, some with a fact in them: here each
sentence is found again by its shape. One without words of its own is told as it came.
"""

import re
from functools import cache

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as _

FILE_REASONS = (
    _("The file is empty."),
    _("The file has no rows."),
    _("This is a PDF: CSV, XLSX and ODS can be read."),
    _("This file can't be read as a table."),
    _("The file is locked by a password: save it without one."),
    _("The file is damaged, or no workbook: save it again."),
    _("The workbook has no filled sheet."),
    _("The file is too large once it is unpacked: cut it in parts."),
    _("The packed file is damaged: pack it again."),
    _("The file's letters can't be read: save it as UTF-8."),
    _("This is no text file: CSV, XLSX and ODS can be read."),
    _("The file was replaced meanwhile. Upload it again."),
    _("The sheet has more than %(most)s rows: cut it in parts."),
    _("The file has more than %(most)s rows: cut it in parts."),
    _("Line %(line)s can't be read as CSV (%(error)s). Is a quotation mark missing?"),
    _(
        "This is an export of bookings: each amount stands in it twice. "
        "Export the invoices themselves, with one row for each of their lines."
    ),
    _(
        "These look like expenses, not invoices. "
        "No column holds %(missing)s. The columns are: %(there)s."
    ),
    _("These look like invoices. Import the file as invoices instead."),
    _("These look like customers. Import the file as customers instead."),
    _("No column holds the customer's name (Name). The columns are: %(there)s."),
    _("No column holds %(missing)s. The columns are: %(there)s."),
)
LINE_REASONS = (
    _("The document's number is missing."),
    _("The customer is missing."),
    _("A number is needed here."),
    _("A date is needed here."),
    _("The date lies in the future."),
    _("It is due before it was issued."),
    _("There is no such day."),
    _("Day and month can't be told apart: write dates like 2026-01-31."),
    _("This is not a date like 2026-01-31."),
    _("This is not a number like 1250.00."),
    _("%(text)s can be read in two ways: write it without thousands' marks."),
    _("A quantity of nothing is no line."),
    _("The price is negative: give the quantity the minus sign instead."),
    _("%(currency)s has %(most)s decimals; this price has more."),
    _("There is a tax amount and no rate: add a column with the tax rate."),
    _("A negative quantity beside positive ones: make a credit note of its own."),
    _("A bad debt is a booking, not a document: leave it out."),
    _("A part is paid: the customer would owe it again. Import what is open only."),
    _("The file says that it is paid: leave it out, or the customer would owe it again."),
    _("The file says that it is a draft: only issued documents are imported."),
    _("The file says that it was taken back: leave it out."),
    _("The document's first line says %(value)s."),
    _("Another line of the same document is refused (line %(line)s)."),
    _("Another line of the same customer is refused (line %(line)s)."),
    _("A name is needed."),
    _("This is not a mail address."),
    _("At most %(most)s characters."),
)
MISSING = (
    _("the invoice's number (Invoice Number)"),
    _("the customer (Customer ID or Customer Name)"),
    _("the date of issue (Invoice Date)"),
    _("the price (Unit Price or Amount)"),
)


def import_words(message: str) -> str:
    """The reason in the reader's language."""
    for reason in (*FILE_REASONS, *LINE_REASONS):
        found = _shape(reason).fullmatch(message)
        if found:
            facts = found.groupdict()
            if "missing" in facts:
                facts["missing"] = _all(facts["missing"].split(", nor "))
            return gettext(reason) % facts if facts else gettext(reason)
    return message


def _all(parts: list[str]) -> str:
    return pgettext("between parts of a list", ", ").join(gettext(part) for part in parts)


@cache
def _shape(reason: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", reason)
    literal = (
        re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+)" for at, part in enumerate(parts)
    )
    return re.compile("".join(literal), re.DOTALL)
