"""Workbooks are read as text: numbers in full, dates as days, formulas never run."""

import contextlib
import io
import time
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from counterfoil.adapters.files.spreadsheet.reader import read
from counterfoil.kernel.ports.tables import TableRefused

_NS = "urn:oasis:names:tc:opendocument:xmlns"
ODS = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="{_NS}:office:1.0" xmlns:style="{_NS}:style:1.0"
 xmlns:table="{_NS}:table:1.0" xmlns:text="{_NS}:text:1.0" office:version="1.2">
<office:automatic-styles><style:style style:name="ta1" style:family="table">
<style:table-properties table:display="true"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="A" table:style-name="ta1">
<table:table-row><table:table-cell office:value-type="string"><text:p>Number</text:p>
</table:table-cell><table:table-cell office:value-type="float" office:value="2.55">
<text:p>2,55</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document-content>"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry
 manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
</manifest:manifest>"""


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for index, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {index}")
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rows(content):
    return [(row.line, row.cells) for row in read("file.xlsx", content).rows]


def test_cells_as_text():
    content = workbook(
        [["No", "Price", "Day", "At", "Paid"],
         [536365, 0.1 + 0.2, date(2026, 3, 1), datetime(2026, 3, 1, 8, 26), True]]
    )  # fmt: skip
    assert rows(content)[1] == (2, ("536365", "0.3", "2026-03-01", "2026-03-01 08:26:00", "true"))


@pytest.mark.parametrize(
    ("number", "text"),
    [(2.55, "2.55"), (1e-6, "0.000001"), (1e15, "1000000000000000"), (-0.5, "-0.5"), (100, "100")],
)
def test_numbers_in_full(number, text):
    assert rows(workbook([["x", "n"], ["a", number]]))[1] == (2, ("a", text))


def test_a_formula_is_not_run():
    assert rows(workbook([["x", "n"], ["a", '=HYPERLINK("http://x.example")']]))[1][1][0] == "a"


def test_the_first_filled_sheet_and_its_own_row_numbers():
    content = workbook([], [[None], ["a", "b"], [None, None], ["1", "2"]])
    assert rows(content) == [(2, ("a", "b")), (4, ("1", "2"))]


def test_numbers_of_a_sheet_have_a_decimal_point():
    assert read("file.xlsx", workbook([["a"]])).decimal_mark == "."


def test_ods():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", ODS)
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    assert rows(content.getvalue()) == [(1, ("Number", "2.55"))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and then nothing", "damaged"),
        (workbook([["a"]])[:400], "damaged"),
        (workbook([]), "no filled sheet"),
    ],
)
def test_refused(content, words):
    with pytest.raises(TableRefused, match=words):
        read("file.xlsx", content)


def test_a_bomb_is_refused_by_its_own_directory(monkeypatch):
    monkeypatch.setattr("counterfoil.adapters.files.spreadsheet.reader.UNPACKED_BYTES_MAX", 100)
    with pytest.raises(TableRefused, match="too large"):
        read("file.xlsx", workbook([["a"]]))


def test_a_bomb_whose_directory_lies_is_refused(monkeypatch):
    """The directory says that a part is small; packed in it is much more."""
    monkeypatch.setattr("counterfoil.adapters.files.spreadsheet.reader.UNPACKED_BYTES_MAX", 50_000)
    honest = io.BytesIO()
    with zipfile.ZipFile(honest, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 1_000_000)
    size, small = (1_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    content = honest.getvalue().replace(size, small)
    assert content != honest.getvalue()
    with pytest.raises(TableRefused, match="damaged"):
        read("file.xlsx", content)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml"])
def test_entities_of_a_workbook_are_not_expanded(part):
    """A hundred million laughs, and a file of the machine."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}'
    bomb += '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    content = io.BytesIO(workbook([["a"]]))
    out = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == part:
                data = data.replace(b">", b">&l8;&f;", 3)
                data = bomb.encode() + data.partition(b"?>")[2]
            new.writestr(entry.filename, data)
    began = time.monotonic()
    with contextlib.suppress(TableRefused):
        found = read("file.xlsx", out.getvalue())
        assert "root:" not in str(found.rows)
        assert len(str(found.rows)) < 10_000
    assert time.monotonic() - began < 1
