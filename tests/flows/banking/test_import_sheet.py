"""A bank's list as a workbook: it goes the way of its CSV."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.statements import read_file
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ports.banks import Hints, StatementRefused
from factories.bank_files import add_account
from factories.businesses import AT
from ledger_text import counts, events

HEADER = ["Booking date", "Value date", "Amount", "Currency", "Counterparty", "Details"]
HINTS = Hints(account="CH-1", currency="EUR")
ROWS = [
    [date(2026, 2, 27), date(2026, 2, 27), 100.0, "EUR", "Alice", "INV-2026-00001"],
    [datetime(2026, 2, 28), date(2026, 2, 28), -2.5, "EUR", "Bank", "Fees; of\nFebruary"],
    [date(2026, 2, 28), date(2026, 3, 1), 1234.56, "EUR", "Bob", 'Thanks, "Bob"'],
]


def sheet(*rows, above=()):
    book = openpyxl.Workbook()
    for row in (*above, HEADER, *rows):
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


CSV = b"""Booking date;Value date;Amount;Currency;Counterparty;Details
2026-02-27;2026-02-27;100;EUR;Alice;INV-2026-00001
2026-02-28;2026-02-28;-2.5;EUR;Bank;"Fees; of February"
2026-02-28;2026-03-01;1234.56;EUR;Bob;"Thanks, ""Bob"\""
"""


def test_it_is_read_as_its_csv_is():
    found = read_file(sheet(*ROWS), HINTS)

    assert found == read_file(CSV, HINTS)
    assert [one.amount.minor for one in found.statements[0].lines] == [10_000, -250, 123_456]


def test_it_settles_its_invoice_and_is_imported_once(business, issued):
    add_account(business)
    issued()
    for settled, lines in ((1, 3), (0, 0)):
        plan = import_statement.preview(business, sheet(*ROWS))
        done = import_statement.apply(business, plan, at=AT, by=SYSTEM)
        assert (done.settled, len(plan.lines)) == (settled, lines)
    assert events(business)[-1] == "invoice.paid"


def test_a_remark_names_the_row_of_the_sheet():
    wrong = [date(2026, 2, 28), None, "one hundred", "EUR", "Eve", "x"]
    found = read_file(sheet(*ROWS, wrong, above=([], ["My bank"], [])), HINTS)

    assert [one.line for one in found.problems] == [8]


@pytest.mark.parametrize("content", [b"PK\x03\x04 damaged", sheet()[:-200]])
def test_a_damaged_one_is_refused_whole(business, content):
    add_account(business)
    before = counts(business)
    with pytest.raises(StatementRefused, match=r"damaged"):
        import_statement.preview(business, content)
    assert counts(business) == before
