"""Amounts and dates as people write them; what can be read in two ways is never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

_NUMBER = re.compile(r"\d[\d.,' ]*\d|\d")
_CURRENCY = r"(?:[A-Z]{3}|[$€£¥]|Fr\.)"
_AROUND = re.compile(rf"^{_CURRENCY} ?| ?{_CURRENCY}$")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4})(?:[T ].*)?")
_WORDY = ("%b %d %Y", "%b %d, %Y", "%d %b %Y", "%B %d, %Y", "%B %d %Y", "%d %B %Y")
_MONTHS_MAX = 12
_DIGITS_MAX = 30


class Unreadable(ValueError):
    """The text is not what the column holds; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file writes numbers and dates, where its own values tell."""

    decimal_mark: str = ""
    day_first: bool | None = None


def manner_of(numbers: Iterable[str], dates: Iterable[str], *, known_mark: str = "") -> Manner:
    """What the values tell: 1.020,50 has a decimal comma, 28/01/2021 has the day first."""
    marks = {mark for mark in map(_telling_mark, numbers) if mark}
    if known_mark:
        marks.add(known_mark)
    firsts = {first for first in map(_telling_order, dates) if first is not None}
    return Manner(
        decimal_mark=marks.pop() if len(marks) == 1 else "",
        day_first=firsts.pop() if len(firsts) == 1 else None,
    )


def _telling_mark(text: str) -> str:
    found = _NUMBER.search(text)
    digits = found.group() if found else ""
    dot, comma = digits.rfind("."), digits.rfind(",")
    if dot >= 0 and comma >= 0:
        return "." if dot > comma else ","
    mark = "." if dot >= 0 else ","
    if max(dot, comma) < 0 or _THOUSANDS.fullmatch(digits):
        return ""
    if digits.count(mark) > 1:
        return "," if mark == "." else "."
    return mark


def _telling_order(text: str) -> bool | None:
    found = _NUMERIC.fullmatch(text.strip())
    if not found:
        return None
    first, mark, second = int(found[1]), found[2], int(found[3])
    if mark == "." or first > _MONTHS_MAX:
        return True
    return False if second > _MONTHS_MAX else None


@dataclass
class Reader:
    """Reads values in one manner; the same text is read once only."""

    manner: Manner
    _numbers: dict[str, Decimal] = field(default_factory=dict)
    _dates: dict[str, date] = field(default_factory=dict)

    def number(self, text: str) -> Decimal:
        """An exact number: `1,020.00`, `$-142.85`, `(12.50)`; `Unreadable` for anything else."""
        known = self._numbers.get(text)
        if known is None:
            known = self._numbers[text] = _number(text, self.manner.decimal_mark)
        return known

    def day(self, text: str) -> date:
        """A calendar day; `Unreadable` for what is none, or could be two."""
        known = self._dates.get(text)
        if known is None:
            known = self._dates[text] = _day(text, self.manner)
        return known


def _number(text: str, mark: str) -> Decimal:
    bare = text.replace("\u2212", "-").replace("\u00a0", " ").strip()
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1] if negative else bare
    for _ in range(2):  # the sign stands outside or inside of the currency
        bare = _AROUND.sub("", bare).removeprefix("+")
        if not negative and "-" in (bare[:1], bare[-1:]):
            bare = bare[1:] if bare[0] == "-" else bare[:-1]
            negative = True
    if not _NUMBER.fullmatch(bare) or len(bare) > _DIGITS_MAX or not bare.isascii():
        raise Unreadable("This is not a number like 1250.00.")
    return -_marked(bare, mark) if negative else _marked(bare, mark)


def _marked(bare: str, mark: str) -> Decimal:
    """The digits with their decimal mark found and the marks between thousands taken out."""
    own = _telling_mark(bare) or ("" if "." in bare or "," in bare else ".")
    decides = own or mark
    if not decides:
        raise Unreadable(f"{bare} can be read in two ways: write it without thousands' marks.")
    whole, point, fraction = bare.rpartition(decides) if decides in bare else (bare, "", "")
    parts = re.split(r"[.,' ]", whole)
    grouped = len(parts) == 1 or (
        1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])  # noqa: PLR2004
    )
    if not grouped or (point and not fraction.isdigit()) or decides in whole:
        raise Unreadable("This is not a number like 1250.00.")
    return Decimal("".join(parts) + ("." + fraction if point else ""))


def _day(text: str, manner: Manner) -> date:
    iso = _ISO.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        numeric = _NUMERIC.fullmatch(text)
        if numeric:
            return _numeric_day(numeric, manner)
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("There is no such day.") from None
    for form in _WORDY:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise Unreadable("This is not a date like 2026-01-31.")


def _numeric_day(found: re.Match[str], manner: Manner) -> date:
    order = _telling_order(found.string)
    first = manner.day_first if order is None else order
    if first is None:
        message = "Day and month can't be told apart: write dates like 2026-01-31."
        raise Unreadable(message)
    one, two, year = int(found[1]), int(found[3]), int(found[4])
    return date(year, two, one) if first else date(year, one, two)
