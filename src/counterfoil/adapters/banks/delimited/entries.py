"""Which rows of a table are bookings, which go on with one, and which are neither."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from counterfoil.adapters.banks.delimited.names import PENDING, fact, words
from counterfoil.adapters.banks.delimited.table import Header, Row, Sheet, key_and_value
from counterfoil.adapters.banks.delimited.values import is_dated
from counterfoil.kernel.ports.banks import ProblemCode, StatementProblem
from counterfoil.kernel.statements import shown

_AMOUNTS = ("amount", "debit", "credit")


@dataclass(slots=True)
class Entry:
    """One booking as it stands: its row, the text of its day, and the rows that go on with it."""

    row: Row
    day: str
    more: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Entries:
    """The bookings of a table, the facts around them, and what was left out."""

    header: Header
    bookings: list[Entry] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    problems: list[StatementProblem] = field(default_factory=list)

    def report(self, row: Row, code: ProblemCode, message: str) -> None:
        """Notes what a person should know of a row."""
        self.problems.append(StatementProblem(row.line, code, message))


def entries_of(sheet: Sheet) -> Entries:
    """Sorts the rows of a sheet; none is dropped without a word."""
    entries = Entries(sheet.header)
    for row in sheet.rows[: sheet.header.index]:
        _take_facts(entries, row)
    goes_on_in_first_cell = _has_shifted_rows(sheet)
    for row in sheet.body:
        day = _day(sheet.header, row)
        if day:
            _take_dated(entries, row, day)
        elif entries.bookings and _goes_on(sheet.header, row, in_first=goes_on_in_first_cell):
            entries.bookings[-1].more.append(row)
        elif not _take_facts(entries, row):
            _remark(entries, row)
    last = entries.bookings[-1] if entries.bookings else None
    if last and not sheet.is_ended and sheet.rows[-1] in (last.row, *last.more):
        line = sheet.rows[-1].line
        words = f"Line {line} is the last one and has no line break: see that it is whole."
        entries.report(sheet.rows[-1], ProblemCode.FILE_UNENDED, words)
    return entries


def is_pending(header: Header, row: Row) -> bool:
    """Whether the bank says that it has not booked this yet."""
    return words(row.at(header.column("status"))).startswith(PENDING)


def _day(header: Header, row: Row) -> str:
    """The first date among the columns for the day, the most telling first."""
    cells = (row.at(column) for column in header.columns["booked"])
    return next((cell for cell in cells if is_dated(cell)), "")


def _has_amount(header: Header, row: Row) -> bool:
    return any(row.at(header.column(name)) for name in _AMOUNTS)


def _take_dated(entries: Entries, row: Row, day: str) -> None:
    header = entries.header
    last = entries.bookings[-1] if entries.bookings else None
    if _has_amount(header, row):
        entries.bookings.append(Entry(row, day))
    elif is_pending(header, row):
        words = f"Line {row.line} is not booked yet and has no amount: left out."
        entries.report(row, ProblemCode.LINE_PENDING, words)
    elif last and last.day == day and _same_ref(header, last.row, row):
        last.more.append(row)
    else:
        message = f"Line {row.line} is left out. It has a date and no amount."
        entries.report(row, ProblemCode.LINE_REFUSED, message)


def _same_ref(header: Header, one: Row, other: Row) -> bool:
    column = header.column("bank_ref")
    return column is None or one.at(column) == other.at(column)


def _goes_on(header: Header, row: Row, *, in_first: bool) -> bool:
    """A row with text, and without a day and an amount, belongs to the booking above it."""
    if _has_amount(header, row):
        return False
    if any(row.at(column) for column in header.columns["booked"]):
        return in_first and _is_one_cell(row)
    texts = (*header.columns.get("text", ()), *header.columns.get("part", ()))
    return any(row.at(column) for column in texts)


def _is_one_cell(row: Row) -> bool:
    return sum(map(bool, row.cells)) == 1


def _has_shifted_rows(sheet: Sheet) -> bool:
    """Some exports go on with a text in the column of the day; a foot below the table does not.

    So such a row counts as text only in a file where one stands between bookings.
    """
    seen = waiting = False
    for row in sheet.body:
        if _day(sheet.header, row):
            if waiting:
                return True
            seen = True
        elif seen and _is_one_cell(row):
            waiting = any(row.at(column) for column in sheet.header.columns["booked"])
    return False


def _take_facts(entries: Entries, row: Row) -> bool:
    found = False
    for key, value in key_and_value(row):
        name = fact(key)
        if name:
            entries.facts.setdefault(name, value)
            found = True
    return found


def _remark(entries: Entries, row: Row) -> None:
    text = " ".join(cell for cell in row.cells if cell)
    words = f"Line {row.line} is no booking: {shown(text)}. It is left out."
    entries.report(row, ProblemCode.ROW_NOT_A_BOOKING, words)


def texts(header: Header, entry: Entry) -> Iterator[str]:
    """All text of a booking in the order of the file; of rows that go on with it what is new."""
    for column in header.columns.get("text", ()):
        yield entry.row.at(column)
    for row in entry.more:
        yield from (cell for _, cell in _news(entry, row))


def part_texts(header: Header, entry: Entry, row: Row) -> Iterator[str]:
    """The text of one part of a booking, without its amount; the booking's where it has none."""
    amounts = header.columns.get("part", ())
    own = [cell for column, cell in _news(entry, row) if column not in amounts]
    yield from own or (entry.row.at(column) for column in header.columns.get("text", ()))


def _news(entry: Entry, row: Row) -> Iterator[tuple[int, str]]:
    """The cells of a row that are not as they are in the booking itself."""
    for column, cell in enumerate(row.cells):
        if cell and cell != entry.row.at(column):
            yield column, cell
