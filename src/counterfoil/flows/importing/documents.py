"""From the rows of one document to a planned document, or to what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import LAST_DUE, NewCreditNote, NewInvoice, checked_sums
from counterfoil.domain.customers.checks import one_line
from counterfoil.flows.importing.columns import Columns
from counterfoil.flows.importing.plans import PlannedDocument, RefusedLine
from counterfoil.flows.importing.values import Reader, Unreadable
from counterfoil.kernel.errors import InvalidInput, Refused
from counterfoil.kernel.money import exponent
from counterfoil.kernel.ports.tables import TableRow

T = TypeVar("T")

_BAD_DEBT = re.compile(r"\bbad debt\b", re.IGNORECASE)
_WHOLE_AS_FLOAT = re.compile(r"(\d+)\.0")
_NOBODY = UUID(int=0)
_ZERO, _ONE = Decimal(0), Decimal(1)
_TAX_FIELDS = frozenset({"tax_rate", "tax_amount", "second_tax_amount"})
_STANDING_FIELDS = frozenset({"status", "paid_amount"})
NOT_OPEN = {
    "paid": "The file says that it is paid: leave it out, or the customer would owe it again.",
    "bezahlt": "The file says that it is paid: leave it out, or the customer would owe it again.",
    "draft": "The file says that it is a draft: only issued documents are imported.",
    "entwurf": "The file says that it is a draft: only issued documents are imported.",
    "void": "The file says that it was taken back: leave it out.",
    "voided": "The file says that it was taken back: leave it out.",
    "cancelled": "The file says that it was taken back: leave it out.",
    "canceled": "The file says that it was taken back: leave it out.",
    "storniert": "The file says that it was taken back: leave it out.",
}


class LineFault(Exception):
    """What is wrong with one cell of a row."""

    def __init__(self, field: str, message: str, value: str = "", *, line: int = 0) -> None:
        super().__init__(message)
        self.field, self.message, self.value, self.line = field, message, value, line


@lru_cache(maxsize=100_000)
def reference(text: str) -> str:
    """A reference as it is kept: one clean line; what a program has written as 17850.0 is 17850."""
    text = one_line(text)
    found = _WHOLE_AS_FLOAT.fullmatch(text)
    return found.group(1) if found else text


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One row, read: its quantity may still be negative."""

    input: LineInput
    day: date
    currency: str


@dataclass(frozen=True, slots=True)
class Making:
    """What the documents of one file are made with."""

    columns: Columns
    reader: Reader
    currency: str
    today: date

    def customer_of(self, row: TableRow) -> str:
        """The reference of a row's customer: their number, else their name."""
        number = self.columns.cell(row, "customer_ref")
        return reference(number or self.columns.cell(row, "customer_name"))

    def planned(self, number: str, rows: Sequence[TableRow]) -> PlannedDocument | list[RefusedLine]:
        """The document of these rows, or everything that is wrong with them, line by line."""
        causes: list[RefusedLine] = []
        read: list[ReadLine] = []
        for row in rows:
            try:
                read.append(self._line(number, row))
            except LineFault as fault:
                causes.append(
                    RefusedLine(row.line, fault.field, fault.message, fault.value, number)
                )
        if causes:
            return causes
        try:
            return self._document(number, rows, read)
        except LineFault as fault:
            where = fault.line or rows[0].line
            return [RefusedLine(where, fault.field, fault.message, fault.value, number)]
        except InvalidInput as error:
            return [_placed(problem.field, problem.message, number, rows)
                    for problem in error.problems]  # fmt: skip

    def _number(self, row: TableRow, field: str, default: Decimal | None = None) -> Decimal:
        text = self.columns.cell(row, field)
        if not text and default is not None:
            return default
        try:
            return self.reader.number(text)
        except Unreadable as problem:
            message = str(problem) if text else "A number is needed here."
            raise LineFault(field, message, text) from None

    def _day(self, row: TableRow, field: str) -> date:
        text = self.columns.cell(row, field)
        try:
            return self.reader.day(text)
        except Unreadable as problem:
            message = str(problem) if text else "A date is needed here."
            raise LineFault(field, message, text) from None

    def _line(self, number: str, row: TableRow) -> ReadLine:
        cell = self.columns.cell
        if not number:
            raise LineFault("number", "The document's number is missing.")
        if _BAD_DEBT.search(cell(row, "description")):
            message = "A bad debt is a booking, not a document: leave it out."
            raise LineFault("description", message, cell(row, "description"))
        if not self.customer_of(row):
            raise LineFault("customer_ref", "The customer is missing.")
        if self.columns.places.keys() & _STANDING_FIELDS:
            self._check_standing(row)
        currency = self._currency(row)
        quantity, price = self._quantity_and_price(row, currency)
        day = self._day(row, "date")
        if day > self.today:
            raise LineFault("date", "The date lies in the future.", cell(row, "date"))
        item, text = cell(row, "item"), cell(row, "description")
        if item and (not text or self._item_is_a_name()):
            text = f"{item}\n{text}".strip()
        places = self.columns.places
        line = LineInput(
            text or f"Invoice {number}",
            quantity,
            price,
            self._tax_rate(row) if places.keys() & _TAX_FIELDS else _ZERO,
            self._number(row, "discount_percent", _ZERO) if "discount_percent" in places else _ZERO,
        )
        return ReadLine(line, day, currency)

    def _item_is_a_name(self) -> bool:
        return "name" in self.columns.header("item").casefold()

    def _check_standing(self, row: TableRow) -> None:
        status = self.columns.cell(row, "status")
        refusal = NOT_OPEN.get(status.casefold())
        if refusal:
            raise LineFault("status", refusal, status)
        if self._number(row, "paid_amount", _ZERO) != 0:
            message = "A part is paid: the customer would owe it again. Import what is open only."
            raise LineFault("paid_amount", message, self.columns.cell(row, "paid_amount"))

    def _currency(self, row: TableRow) -> str:
        text = self.columns.cell(row, "currency").upper() or self.currency
        try:
            exponent(text)
        except Refused as problem:
            raise LineFault("currency", problem.message, text) from None
        return text

    def _quantity_and_price(self, row: TableRow, currency: str) -> tuple[Decimal, Decimal]:
        columns = self.columns
        if "unit_price" not in columns.places:  # one amount a line, or one line an invoice
            amount = self._number(row, "amount")
            self._check_price("amount", amount, row, currency)
            return (-_ONE, -amount) if amount < 0 else (_ONE, amount)
        quantity = self._number(row, "quantity", _ONE)
        price = self._number(row, "unit_price")
        if quantity == 0:
            raise LineFault("quantity", "A quantity of nothing is no line.", "0")
        if price < 0:
            message = "The price is negative: give the quantity the minus sign instead."
            raise LineFault("unit_price", message, columns.cell(row, "unit_price"))
        self._check_price("unit_price", price, row, currency)
        return quantity, price

    def _check_price(self, field: str, price: Decimal, row: TableRow, currency: str) -> None:
        most = exponent(currency)
        if price.as_tuple().exponent < -most and price != round(price, most):  # type: ignore[operator]
            message = f"{currency} has {most} decimals; this price has more."
            raise LineFault(field, message, self.columns.cell(row, field))

    def _tax_rate(self, row: TableRow) -> Decimal:
        text = self.columns.cell(row, "tax_rate").rstrip("% ")
        if text:
            try:
                return self.reader.number(text)
            except Unreadable as problem:
                raise LineFault("tax_rate", str(problem), text) from None
        for field in ("tax_amount", "second_tax_amount"):
            if self._number(row, field, _ZERO) != 0:
                message = "There is a tax amount and no rate: add a column with the tax rate."
                raise LineFault(field, message, self.columns.cell(row, field))
        return _ZERO

    def _document(
        self, number: str, rows: Sequence[TableRow], read: Sequence[ReadLine]
    ) -> PlannedDocument:
        """Puts the lines together; refuses lines that can't be of one document."""
        customer = _the_same("customer_ref", rows, [self.customer_of(row) for row in rows])
        day = _the_same("date", rows, [line.day for line in read])
        currency = _the_same("currency", rows, [line.currency for line in read])
        signs = {line.input.quantity > 0 for line in read}
        if len(signs) > 1:
            row = rows[[line.input.quantity > 0 for line in read].index(False)]
            message = "A negative quantity beside positive ones: make a credit note of its own."
            raise LineFault("quantity", message, line=row.line)
        is_credit = signs == {False}
        due = self._due_date(rows[0], day) if not is_credit else None
        lines = tuple(_positive(line.input) if is_credit else line.input for line in read)
        notes = self.columns.cell(rows[0], "notes")
        new = (NewCreditNote if is_credit else NewInvoice)(
            _NOBODY, currency, lines, notes=notes, external_ref=number
        )
        return PlannedDocument(
            number=number,
            kind="credit_note" if is_credit else "invoice",
            customer_ref=customer,
            currency=currency,
            day=day,
            due_date=due,
            lines=lines,
            file_lines=tuple(row.line for row in rows),
            total=checked_sums(new).total,
            notes=notes,
        )

    def _due_date(self, row: TableRow, day: date) -> date | None:
        text = self.columns.cell(row, "due_date")
        if not text:
            return None
        due = self._day(row, "due_date")
        if due < day:
            raise LineFault("due_date", "It is due before it was issued.", text)
        if due > LAST_DUE:
            raise LineFault("due_date", f"It is due after {LAST_DUE:%Y}.", text)
        return due


def _the_same(field: str, rows: Sequence[TableRow], values: Sequence[T]) -> T:
    """The one value that all lines of a document have; refuses a line with another."""
    for row, value in zip(rows, values, strict=True):
        if value != values[0]:
            message = f"The document's first line says {values[0]}."
            raise LineFault(field, message, str(value), line=row.line)
    return values[0]


def _positive(line: LineInput) -> LineInput:
    return LineInput(
        line.description, -line.quantity, line.unit_price, line.tax_rate, line.discount_percent
    )


def _placed(field: str, message: str, number: str, rows: Sequence[TableRow]) -> RefusedLine:
    """A problem of `lines.3.quantity` belongs to the fourth row, any other to the first."""
    parts = field.split(".")
    is_line = len(parts) == 3 and parts[0] == "lines"  # noqa: PLR2004  lines, index, field
    row = rows[int(parts[1])] if is_line else rows[0]
    return RefusedLine(row.line, parts[-1], message, "", number)
