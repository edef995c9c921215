"""A file is read by what it is, whatever it is called; anything else is refused in plain words."""

import gzip
import io

import openpyxl
import pytest

from counterfoil.flows.importing.reading import read_table
from counterfoil.kernel.ports.tables import TableRefused


def workbook():
    book = openpyxl.Workbook()
    book.active.append(["Number", "Price"])
    book.active.append([7, 2.5])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [workbook(), b"Number;Price\n7;2.5\n", gzip.compress(b"Number\tPrice\n7\t2.5\n", mtime=0)],
)
def test_the_same_table_in_any_wrapping(content):
    rows = read_table("wrongly-named.txt", content).rows
    assert [(row.line, row.cells) for row in rows] == [(1, ("Number", "Price")), (2, ("7", "2.5"))]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b" \n ", "empty"), (b"%PDF-1.7", "PDF"), (b"\x89PNG\x00", "no text")],
)
def test_refused(content, words):
    with pytest.raises(TableRefused, match=words):
        read_table("file", content)
