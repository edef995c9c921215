"""The port to files that hold a table: bytes go in, rows of text with line numbers come out."""

from dataclasses import dataclass
from typing import Protocol

from counterfoil.kernel.errors import Refused

ROWS_MAX = 1_000_000


class TableRefused(Refused):
    """The file can't be read as a table; the message says why and what would help."""

    code = "table_refused"
    message = "This file can't be read as a table."


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the line of the file (or row of the sheet) where it begins, and its cells, each
    without blanks around it."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as text: every row that is not empty, in order; nothing is interpreted.

    `decimal_mark` is known where the file itself holds numbers (a sheet); else it is empty.
    """

    name: str
    rows: tuple[TableRow, ...]
    decimal_mark: str = ""


class TableReader(Protocol):
    """The capability to read one kind of file."""

    def __call__(self, name: str, content: bytes) -> Table:
        """The table in the file; `TableRefused` where there is none."""
