"""Reads a workbook's first filled sheet as text; formulas are never run, numbers never guessed."""

import io
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from counterfoil.kernel.ports.tables import ROWS_MAX, Table, TableRefused, TableRow

UNPACKED_BYTES_MAX = 600_000_000
DEFLATES_TO_MAX = 1032  # no byte of a packed file becomes more than so many
PIECE_BYTES = 1 << 20
SIGNIFICANT_DIGITS = 15  # what a spreadsheet itself keeps and shows of a number

Cell = int | float | str | bool | time | date | datetime | timedelta


def read(name: str, content: bytes) -> Table:
    """The rows of the first sheet that has any; a cell's text is what it holds, not its format.

    Refuses (`TableRefused`) damaged, locked and overblown files.
    """
    _check_size(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(sheet) for sheet in book.sheet_names]
        for sheet in sheets:
            if sheet.total_height > ROWS_MAX:
                raise TableRefused(f"The sheet has more than {ROWS_MAX:,} rows: cut it in parts.")
            rows = _rows(sheet.to_python(skip_empty_area=False))
            if rows:
                return Table(name, rows, decimal_mark=".")
    except PasswordError:
        raise TableRefused("The file is locked by a password: save it without one.") from None
    except (CalamineError, ValueError, OSError):
        raise TableRefused("The file is damaged, or no workbook: save it again.") from None
    raise TableRefused("The workbook has no filled sheet.")


def _check_size(content: bytes) -> None:
    """A small file can unpack to an enormous one: its own directory says how large."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > UNPACKED_BYTES_MAX:
            raise TableRefused("The file is too large once it is unpacked: cut it in parts.")
        if len(content) * DEFLATES_TO_MAX > UNPACKED_BYTES_MAX:
            _check_directory(packed)


def _check_directory(packed: zipfile.ZipFile) -> None:
    """A directory can lie: what unpacks to more than it says has another checksum."""
    try:
        for entry in packed.infolist():
            with packed.open(entry) as part:
                while part.read(PIECE_BYTES):
                    pass
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise TableRefused("The file is damaged, or no workbook: save it again.") from None


def _rows(cells: list[list[Cell]]) -> tuple[TableRow, ...]:
    texts = ((line, tuple(map(_text, row))) for line, row in enumerate(cells, start=1))
    return tuple(TableRow(line, row) for line, row in texts if any(row))


def _text(value: Cell) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _plain(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()


def _plain(value: float) -> str:
    """The number as a spreadsheet shows it in full, without an exponent: 2.55, 536365."""
    exact = Decimal(format(value, f".{SIGNIFICANT_DIGITS}g"))
    if not exact.is_finite():
        return str(value)
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
