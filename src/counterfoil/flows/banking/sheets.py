"""A bank's list that comes as a workbook, brought into the form of its CSV."""

import csv
import io

from counterfoil.flows.importing.reading import is_workbook, read_table
from counterfoil.kernel.ports.banks import CONTENT_BYTES_MAX, StatementRefused
from counterfoil.kernel.ports.tables import Table, TableRefused


def as_text(content: bytes) -> bytes:
    """The first filled sheet of a workbook as CSV, each row on the line of its own number, so that
    a remark names the row; anything else as it is. Refuses (`StatementRefused`) a workbook that
    can't be read."""
    if not is_workbook(content):
        return content
    if len(content) > CONTENT_BYTES_MAX:
        raise StatementRefused("The workbook is too large: fetch it in parts.")
    try:
        return _lines(read_table("", content)).encode()
    except TableRefused as problem:
        raise StatementRefused(problem.message) from None


def _lines(table: Table) -> str:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\n")
    line = 1
    for row in table.rows:
        written.write("\n" * (row.line - line))
        writer.writerow([" ".join(cell.split()) for cell in row.cells])
        line = row.line + 1
    return written.getvalue()
