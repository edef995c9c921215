"""CSV as it comes is read as it is, and what is no CSV is refused in plain words."""

import gzip

import pytest

from counterfoil.adapters.files.delimited.reader import read
from counterfoil.kernel.ports.tables import TableRefused

ROWS = [(1, ("Number", "Customer", "Amount")), (2, ("1", "Café Zoë", "12,50"))]


def rows(content):
    return [(row.line, row.cells) for row in read("file.csv", content).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_usual_encodings(encoding):
    assert rows("Number;Customer;Amount\n1;Café Zoë;12,50\n".encode(encoding)) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_usual_delimiters(delimiter):
    text = delimiter.join(["Number", "Customer", "Amount"]) + "\r\n"
    text += delimiter.join(["1", "Café Zoë", '"12,50"']) + "\r\n"
    assert rows(text.encode()) == ROWS


def test_packed_by_gzip():
    assert rows(gzip.compress(b"a,b\n1,2\n", mtime=0)) == [(1, ("a", "b")), (2, ("1", "2"))]


def test_empty_lines_are_left_out_and_line_numbers_stay():
    content = b'a,b\n\n1,"two\nlines"\n,\n2,x\n'
    assert rows(content) == [(1, ("a", "b")), (3, ("1", "two\nlines")), (6, ("2", "x"))]


def test_blanks_around_a_cell_go_and_formulas_stay_text():
    assert rows(b"a,b\n =1+1 ,  x\n") == [(1, ("a", "b")), (2, ("=1+1", "x"))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'a,b\n1,"2\n', "quotation mark"),
        (b"a,b\n1,\x00\n", "no text file"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-6], "damaged"),
        (b"a," + b"x" * 200_000, "field larger"),
    ],
)
def test_refused(content, words):
    with pytest.raises(TableRefused, match=words):
        read("file.csv", content)


def test_a_file_that_unpacks_beyond_all_measure_is_refused(monkeypatch):
    monkeypatch.setattr("counterfoil.adapters.files.delimited.reader.UNPACKED_BYTES_MAX", 1000)
    with pytest.raises(TableRefused, match="too large"):
        read("file.csv", gzip.compress(b"a,b\n" * 1000, mtime=0))
