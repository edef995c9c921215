"""From a file to a table: the reader is chosen by what the file is, not by what it is called."""

from django.conf import settings

from counterfoil.infra.registry import load
from counterfoil.kernel.ports.tables import Table, TableReader, TableRefused

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_PDF = b"%PDF"


def read_table(name: str, content: bytes) -> Table:
    """The table in a file of CSV (also packed by gzip), XLSX, XLS or ODS.

    Refuses (`TableRefused`) anything else, with words for the person who brought it.
    """
    if not content.strip():
        raise TableRefused("The file is empty.")
    if content.startswith(_PDF):
        raise TableRefused("This is a PDF: CSV, XLSX and ODS can be read.")
    kind = "spreadsheet" if is_workbook(content) else "delimited"
    reader: TableReader = load(settings.TABLE_READERS[kind])
    return reader(name, content)


def is_workbook(content: bytes) -> bool:
    """Whether it begins as XLSX, ODS and XLS do."""
    return content.startswith((_ZIP, _OLD_OFFICE))
