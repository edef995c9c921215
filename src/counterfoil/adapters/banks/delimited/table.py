"""From bytes to rows: encoding and delimiter are found, and the header row that says most."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from counterfoil.adapters.banks.delimited.names import meaning, unwrapped
from counterfoil.adapters.banks.delimited.values import is_dated
from counterfoil.kernel.ports.banks import StatementRefused
from counterfoil.kernel.statements import decode

DELIMITERS = (";", ",", "\t", "|")
ROWS_MAX = 500_000
_CELLS_MAX = 10_000_000
_HEADER_ROWS_MAX = 60
_SAMPLE_CHARACTERS = 60_000
_MANY = {"booked", "value", "text", "part"}  # of these a header may have several


@dataclass(frozen=True, slots=True)
class Row:
    """One row of cells; `line` is the line of the file where it begins."""

    line: int
    cells: tuple[str, ...]

    def at(self, index: int | None) -> str:
        """The cell, empty where the row has none there."""
        return self.cells[index] if index is not None and index < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns: for each meaning its columns, the most telling first.

    `currency` is the one that the names of the amounts say (`Belastung CHF`).
    """

    index: int
    width: int
    columns: dict[str, tuple[int, ...]]
    currency: str = ""

    def column(self, name: str) -> int | None:
        """The one column of this meaning."""
        found = self.columns.get(name)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as rows, with its header row. `is_ended`: its last line has a line break."""

    rows: tuple[Row, ...]
    header: Header
    is_ended: bool = True

    @property
    def body(self) -> Sequence[Row]:
        """The rows below the header."""
        return self.rows[self.header.index + 1 :]


def text_of(content: bytes) -> str:
    """UTF-8 or UTF-16 if it is, else the old Western code page."""
    return decode(content, "utf-8", "cp1252", "latin-1")


def sheet_of(text: str) -> Sheet:
    """The rows and their header.

    Refuses (`StatementRefused`) text without a header that names a date and an amount, an
    unfinished quote, and a last row that was cut off.
    """
    delimiter = delimiter_of(text)
    if delimiter is None:
        raise StatementRefused(
            "No row of this file names columns for a date and an amount in a language that we "
            "know. Fetch the file with its header row."
        )
    rows = _rows(text, delimiter)
    header = _header(rows)
    if header is None:
        raise StatementRefused("No row of this file names columns for a date and an amount.")
    sheet = Sheet(rows, header, is_ended=text.endswith(("\n", "\r")))
    last = rows[-1]
    if not sheet.is_ended and len(last.cells) < _usual_width(sheet):
        words = f"Line {last.line} is cut off in the middle: fetch the file again."
        raise StatementRefused(words, line=last.line)
    return sheet


def _usual_width(sheet: Sheet) -> int:
    """How many cells a last row with a date has at least, by the rows before it."""
    column = sheet.header.column("booked")
    dated = [len(row.cells) for row in sheet.body if is_dated(row.at(column))]
    if not dated or not is_dated(sheet.rows[-1].at(column)):
        return 0
    return min(dated[:-1], default=sheet.header.width)


def delimiter_of(text: str) -> str | None:
    """The delimiter by which a header row is found, none where there is no such row."""
    sample = text[:_SAMPLE_CHARACTERS]
    found: dict[str, int] = {}
    for delimiter in DELIMITERS:
        if delimiter not in sample or text.count(delimiter) > _CELLS_MAX:
            continue
        header = _header(tuple(_split(sample, delimiter)))
        if header:
            found[delimiter] = sum(map(len, header.columns.values()))
    return max(found, key=lambda one: found[one]) if found else None


def _rows(text: str, delimiter: str) -> tuple[Row, ...]:
    try:
        rows = tuple(_split(text, delimiter, strict=True))
    except csv.Error as error:
        rows = _unquoted(text, delimiter, error)
    if len(rows) > ROWS_MAX:
        raise StatementRefused(f"The file has more than {ROWS_MAX:,} rows: fetch it in parts.")
    return rows


def _unquoted(text: str, delimiter: str, error: csv.Error) -> tuple[Row, ...]:
    """Quotes that are only text: taken so if then every row is as wide as the header."""
    rows = tuple(_split(text, delimiter, quoting=csv.QUOTE_NONE))
    header = _header(rows)
    if header and all(len(row.cells) == header.width for row in rows[header.index :]):
        return rows
    line = error.args[0] if error.args else "?"
    words = f"A quotation mark is never closed ({line}): the file is damaged. Fetch it again."
    raise StatementRefused(words)


def _split(
    text: str, delimiter: str, *, strict: bool = False, quoting: int = csv.QUOTE_MINIMAL
) -> Iterator[Row]:
    stream = io.StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=strict, quoting=quoting)  # type: ignore[arg-type]  # typed as literals
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if strict:
                raise csv.Error(f"line {line}, {error}") from None
            return
        if cells is None:
            return
        bare = tuple(unwrapped(cell) for cell in cells)
        if any(bare):
            yield Row(line, bare)
        line = reader.line_num + 1


def _header(rows: Sequence[Row]) -> Header | None:
    """The row whose cells mean most, if a date and an amount are among them."""
    best: Header | None = None
    for index, row in enumerate(rows[:_HEADER_ROWS_MAX]):
        header = _meanings(index, row)
        if "booked" not in header.columns and "value" in header.columns:
            header.columns["booked"] = header.columns["value"]  # all that some banks give
        has_amount = {"amount", "debit", "credit"} & header.columns.keys()
        if "booked" not in header.columns or not has_amount:
            continue
        if best is None or len(header.columns) > len(best.columns):
            best = header
    return best


def _meanings(index: int, row: Row) -> Header:
    found: dict[str, list[tuple[int, int]]] = {}
    unknown = []
    currencies = set()
    for column, cell in enumerate(row.cells):
        name, rank, currency = meaning(cell)
        if name:
            found.setdefault(name, []).append((rank, column))
        elif cell:
            unknown.append(column)
        if name in {"amount", "debit", "credit", "balance"} and currency:
            currencies.add(currency)
    columns = {}
    for name, ranked in found.items():
        by_rank = sorted(ranked) if name == "booked" else ranked
        kept = by_rank if name in _MANY else by_rank[:1]
        columns[name] = tuple(column for _, column in kept)
    columns.setdefault("text", tuple(unknown))  # nobody names a text: it is in what is left
    width = max((at for at, cell in enumerate(row.cells, start=1) if cell), default=0)
    currency = currencies.pop() if len(currencies) == 1 else ""
    return Header(index, width, columns, currency)


def key_and_value(row: Row) -> Iterator[tuple[str, str]]:
    """`IBAN:;CH12 ...` and `Saldo: CHF 12.50`: the pairs in a row outside of the table."""
    cells = [cell for cell in row.cells if cell]
    for cell in cells:
        key, colon, value = cell.partition(":")
        if colon and value.strip():
            yield key, value.strip()
    if len(cells) > 1:
        yield cells[0].removesuffix(":").rstrip(), cells[1]
