"""Reads bank CSV: columns by their names, manners by the values; what has two senses is refused."""

from counterfoil.adapters.banks.delimited.entries import entries_of
from counterfoil.adapters.banks.delimited.lines import Lines
from counterfoil.adapters.banks.delimited.table import delimiter_of, sheet_of, text_of
from counterfoil.kernel.ports.banks import NO_HINTS, Hints, ReadStatements, StatementRefused
from counterfoil.kernel.statements import check_size, gather

_SNIFFED_BYTES = 100_000


class CsvReader:
    """Statements as tables. Keeps no state."""

    def sniff(self, content: bytes) -> bool:
        """Whether a row near the beginning names columns for a date and an amount."""
        beginning = content[:_SNIFFED_BYTES]
        if len(beginning) < len(content):
            beginning = beginning[: max(beginning.rfind(b"\n"), 0) + 1]
        try:
            return delimiter_of(text_of(beginning)) is not None
        except StatementRefused:
            return False

    def read(self, content: bytes, hints: Hints = NO_HINTS) -> ReadStatements:
        """The bookings, one statement for each account and currency; `StatementRefused` or all."""
        check_size(content)
        entries = entries_of(sheet_of(text_of(content)))
        drafts = Lines(entries, hints).drafts()
        return gather("csv", drafts, entries.problems)
