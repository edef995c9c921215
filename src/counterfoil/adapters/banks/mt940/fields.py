"""The fields of MT940: dates, balances and the statement line `:61:`, as SWIFT and banks write."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import Balance
from counterfoil.kernel.statements import (
    BadDay,
    calendar_day,
    exact_amount,
    known_currency,
    plain,
    shown,
)

_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]{1,15},[0-9]{0,10})")
_LINE = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>[0-9]{1,15},[0-9]{0,10})[ ]*"
    r"(?P<code>[A-Z][A-Z0-9 ]{3})?(?P<refs>.*)",
    re.DOTALL,
)
_CENTURY_FROM = 80  # SWIFT: 80 to 99 are of the twentieth century
_FEBRUARY = 2
_NO_REFERENCES = {"", "NONREF", "NOREF", "KREF+", "NOTPROVIDED"}


class BadField(Refused):
    """A field that is not written as it has to be."""

    code = "bad_field"
    message = "A field can't be read."


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What `:61:` says: when, how much, and whose references. `details` are its second line."""

    value_date: date
    booked_date: date
    amount: Money
    is_reversal: bool
    is_expected: bool
    code: str
    customer_ref: str
    bank_ref: str
    details: str


def day(text: str) -> date:
    """YYMMDD. German banks reckon with months of 30 days: 30 February is its last day.

    Refuses (`BadDay`) any other day that the calendar does not have.
    """
    year, month, number = int(text[:2]), int(text[2:4]), int(text[4:6])
    year += 1900 if year >= _CENTURY_FROM else 2000
    if month == _FEBRUARY and number in (29, 30):
        number = min(number, monthrange(year, _FEBRUARY)[1])
    return calendar_day(year, month, number)


def balance(text: str) -> Balance:
    """`C260331EUR1234,56`; without its day where the calendar has none like it.

    Refuses (`BadField`) anything else.
    """
    found = _BALANCE.fullmatch(text.strip())
    if not found:
        raise BadField(f"{shown(text)} is no balance like C260331EUR1234,56.")
    mark, on, currency, digits = found.groups()
    amount = exact_amount(digits, known_currency(currency), mark=",")
    try:
        at_end_of = day(on)
    except BadDay:
        at_end_of = None
    return Balance(-amount if mark == "D" else amount, at_end_of)


def statement_line(text: str, currency: str) -> StatementLine:
    """One `:61:`. Refuses (`BadField`, `BadDay`, `BadAmount`) what can't be read for sure."""
    found = _LINE.fullmatch(text.strip())
    if not found:
        raise BadField(f"{shown(text)} is no line like 2603310331C12,50NTRFNONREF.")
    value_date = day(found["value"])
    mark = found["mark"]
    amount = exact_amount(found["amount"], currency, mark=",")
    is_debit = mark in ("D", "RC", "ED")  # taking back a credit takes money out
    head, _, details = found["refs"].partition("\n")
    customer_ref, _, bank_ref = head.partition("//")
    return StatementLine(
        value_date=value_date,
        booked_date=_entry_day(found["entry"], value_date),
        amount=-amount if is_debit else amount,
        is_reversal=mark.startswith("R"),
        is_expected=mark.startswith("E"),
        code=plain(found["code"]),
        customer_ref=_real(customer_ref),
        bank_ref=_real(bank_ref),
        details=plain(details),
    )


def _entry_day(text: str | None, value_date: date) -> date:
    """MMDD in the year that brings it nearest to the value date; that date where it is missing."""
    if not text:
        return value_date
    days = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            days.append(calendar_day(year, int(text[:2]), int(text[2:])))
        except BadDay:
            continue
    if not days:
        raise BadDay(f"There is no day {text[2:]}.{text[:2]}.")
    return min(days, key=lambda one: abs(one - value_date))


def _real(reference: str) -> str:
    bare = plain(reference)
    return "" if bare.upper() in _NO_REFERENCES else bare


def sum_of(text: str) -> tuple[int, Money]:
    """`3PLN0,03` of `:90D:` and `:90C:`: how many and how much. Refuses (`BadField`)."""
    found = re.fullmatch(r"([0-9]{1,9})([A-Z]{3})([0-9]{1,15},[0-9]{0,10})", text.strip())
    if not found:
        raise BadField(f"{shown(text)} is no sum like 3EUR12,50.")
    return int(found[1]), exact_amount(found[3], found[2], mark=",")
