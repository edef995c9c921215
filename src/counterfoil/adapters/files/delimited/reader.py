"""Reads CSV as it comes: any usual encoding and delimiter, packed or not, of a sane size."""

import csv
import gzip
import io
import zlib
from collections import Counter

from counterfoil.kernel.ports.tables import ROWS_MAX, Table, TableRefused, TableRow

UNPACKED_BYTES_MAX = 400_000_000
FIELD_CHARACTERS_MAX = 100_000
DELIMITERS = (",", ";", "\t", "|")
_GZIP = b"\x1f\x8b"
_SAMPLE_LINES = 60
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read(name: str, content: bytes) -> Table:
    """The rows of a CSV file; empty lines are left out.

    Refuses (`TableRefused`) what is no text, an unfinished quote, and what is too large.
    """
    text = _text(_unpacked(content))
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    seen: dict[str, str] = {}  # the same words come again and again: one copy of each is kept
    rows: list[TableRow] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                rows.append(TableRow(begins, tuple([_kept(seen, cell) for cell in cells])))
            begins = reader.line_num + 1
            if len(rows) > ROWS_MAX:
                raise TableRefused(f"The file has more than {ROWS_MAX:,} rows: cut it in parts.")
    except csv.Error as error:
        message = f"Line {begins} can't be read as CSV ({error}). Is a quotation mark missing?"
        raise TableRefused(message) from None
    return Table(name, tuple(rows))


def _kept(seen: dict[str, str], cell: str) -> str:
    """The cell without blanks around it, as the one copy that is kept of this text."""
    kept = seen.get(cell)
    if kept is None:
        kept = seen[cell] = cell.strip()
    return kept


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(UNPACKED_BYTES_MAX + 1)
    except (OSError, EOFError, zlib.error):
        raise TableRefused("The packed file is damaged: pack it again.") from None
    if len(unpacked) > UNPACKED_BYTES_MAX:
        raise TableRefused("The file is too large once it is unpacked: cut it in parts.")
    return unpacked


def _text(content: bytes) -> str:
    """UTF-8 if it is, UTF-16 if it is marked so, else the old Western code page."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise TableRefused("The file's letters can't be read: save it as UTF-8.") from None
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise TableRefused("This is no text file: CSV, XLSX and ODS can be read.")
    csv.field_size_limit(FIELD_CHARACTERS_MAX)
    return text


def _delimiter(text: str) -> str:
    """The one that cuts most lines into the same number of cells, more than one."""
    sample = "\n".join(text.splitlines()[:_SAMPLE_LINES])
    scores = {}
    for delimiter in DELIMITERS:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in rows if len(row) > 1)
        except csv.Error:
            continue
        if widths:
            width, count = widths.most_common(1)[0]
            scores[delimiter] = (count, width)
    return max(scores, key=lambda one: scores[one]) if scores else ","
