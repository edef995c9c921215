"""How one file writes its dates and amounts: what its own values prove, and nothing guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

from counterfoil.kernel.money import BadAmount, Money, exponent
from counterfoil.kernel.ports.banks import Hints, StatementRefused
from counterfoil.kernel.statements import BadDay, calendar_day, exact_amount, shown

_YEAR_FIRST = re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})(?:[T ].{0,40})?")
_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:[T ].{0,40})?")
_WORDY = re.compile(
    r"(?:([0-9]{1,2})[. -]{1,2}([^\W\d_]{3,12})|([^\W\d_]{3,12})[. ]{1,2}([0-9]{1,2}))"
    r"[., -]{1,3}([0-9]{4})"
)
_LANGUAGES = ("en", "de", "fr", "it", "nl", "es")
_MONTHS_MAX = 12
_CENTURY_FROM = 80
_SHORT_YEAR = 2
_GROUP = 3
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|[$€£¥]|Fr\.)[ ]?|[ ]?(?:[A-Z]{3}|[$€£¥])$")
_DIGITS = re.compile(r"[0-9][0-9.,'’ ]*|[.,][0-9]+")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[,.'’ ][0-9]{2,3})*[,.'’ ][0-9]{3}|[0-9]+")
_BLANKS = str.maketrans(
    {"\ufffd": " ", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u00ad": "-"}
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the file writes: its decimal mark, and whether the day stands before the month."""

    decimal_mark: str = ""
    day_first: bool | None = None

    def day(self, text: str) -> date:
        """A date in any form that the file's manner makes plain; `BadDay` for all else."""
        return _day(text, self)

    def amount(self, text: str, currency: str) -> Money:
        """An exact amount with its sign; `BadAmount` for all else."""
        sign, digits = _sign_and_digits(text)
        if not _DIGITS.fullmatch(digits):
            raise BadAmount(f"{shown(text)} is no amount.")
        mark = self.decimal_mark or _own_mark(digits, exponent(currency)) or "."
        whole, _, decimals = digits.rpartition(mark) if mark in digits else (digits, "", "")
        if whole and not _GROUPS.fullmatch(whole):
            raise BadAmount(f"{shown(text)} is no amount.")
        bare = "".join(sign for sign in whole if sign.isdigit())
        return exact_amount(f"{sign}{bare}.{decimals}", currency)


def manner_of(
    amounts: Iterable[str], dates: Iterable[str], *, currency: str, hints: Hints
) -> Manner:
    """What the values of the whole file prove together.

    Refuses (`StatementRefused`) where two of them contradict each other, and where all could be
    read in two ways; a hint decides then.
    """
    return Manner(_decimal_mark(amounts, currency, hints), _day_first(dates, hints))


def is_dated(text: str) -> bool:
    """Whether the text has the form of a date."""
    forms = (_YEAR_FIRST, _TOGETHER, _YEAR_LAST, _WORDY)
    return any(form.fullmatch(text) for form in forms)


def _sign_and_digits(text: str) -> tuple[str, str]:
    """The sign may stand before or behind, inside or outside of the currency, or be brackets."""
    bare = text.translate(_BLANKS).strip()
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1].strip() if negative else bare
    for _ in range(2):
        bare = _CURRENCY.sub("", bare).strip().removeprefix("+").strip()
        if not negative and "-" in (bare[:1], bare[-1:]):
            negative = True
            bare = (bare[1:] if bare[0] == "-" else bare[:-1]).strip()
    return "-" if negative else "", bare


def _own_mark(digits: str, decimals: int) -> str:
    """The decimal mark, where this number alone proves it."""
    dot, comma = digits.rfind("."), digits.rfind(",")
    if dot >= 0 and comma >= 0:
        return "." if dot > comma else ","
    mark, other = (".", ",") if dot >= 0 else (",", ".")
    if max(dot, comma) < 0:
        return ""
    if digits.count(mark) > 1:
        return other
    whole, _, rest = digits.partition(mark)
    if len(rest) != _GROUP or not 1 <= len(whole.lstrip("0")) <= _GROUP or "'" in whole:
        return mark
    return other if len(rest.rstrip("0")) > decimals else ""


def _decimal_mark(amounts: Iterable[str], currency: str, hints: Hints) -> str:
    proofs: dict[str, str] = {}
    doubtful = ""
    for text in amounts:
        _, digits = _sign_and_digits(text)
        if not _DIGITS.fullmatch(digits):
            continue
        mark = _own_mark(digits, exponent(currency))
        if mark:
            proofs.setdefault(mark, text)
        elif "." in digits or "," in digits:
            doubtful = doubtful or text
    if len(proofs) > 1:
        words = f"Amounts are written in two ways: {' and '.join(map(shown, proofs.values()))}."
        raise StatementRefused(f"{words} Fetch the file again, unchanged.")
    if proofs:
        return next(iter(proofs))
    if doubtful and not hints.decimal_mark:
        words = f"{shown(doubtful)} can be read with thousands or with decimals, and no other "
        raise StatementRefused(f"{words}amount of the file tells: choose the decimal mark.")
    return hints.decimal_mark if doubtful else ""


def _day_first(dates: Iterable[str], hints: Hints) -> bool | None:
    proofs: dict[bool, str] = {}
    doubtful = ""
    for text in dates:
        found = _YEAR_LAST.fullmatch(text)
        if not found or found[2] == ".":
            continue
        one, two = int(found[1]), int(found[3])
        if len(found[4]) == _SHORT_YEAR and found[2] == "-":
            doubtful = doubtful or text  # 01-02-03 may begin with the year as well
        elif max(one, two) > _MONTHS_MAX:
            proofs.setdefault(one > _MONTHS_MAX, text)
        elif one != two:
            doubtful = doubtful or text
    if len(proofs) > 1:
        words = f"Dates are written in two ways: {' and '.join(map(shown, proofs.values()))}."
        raise StatementRefused(f"{words} Fetch the file again, unchanged.")
    if proofs:
        return next(iter(proofs))
    if doubtful and hints.day_first is None:
        words = f"{shown(doubtful)} can be read with the day or the month first, and no other "
        raise StatementRefused(f"{words}date of the file tells: choose which it is.")
    return hints.day_first


def _day(text: str, manner: Manner) -> date:
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return calendar_day(int(found[1]), int(found[3]), int(found[4]))
    found = _TOGETHER.fullmatch(text)
    if found:
        return calendar_day(int(found[1]), int(found[2]), int(found[3]))
    found = _YEAR_LAST.fullmatch(text)
    if found:
        year = int(found[4])
        if len(found[4]) == _SHORT_YEAR:
            year += 1900 if year >= _CENTURY_FROM else 2000
        one, two = int(found[1]), int(found[3])
        is_day_first = found[2] == "." or manner.day_first is not False
        return calendar_day(year, two, one) if is_day_first else calendar_day(year, one, two)
    found = _WORDY.fullmatch(text)
    if not found:
        raise BadDay(f"{shown(text)} is not a date.")
    month = _months().get((found[2] or found[3]).casefold())
    if month is None:
        raise BadDay(f"{shown(text)} names no month that we know.")
    return calendar_day(int(found[5]), month, int(found[1] or found[4]))


@cache
def _months() -> dict[str, int]:
    """Names of months, whole and short, in the languages of the banks we know."""
    return {
        name.rstrip(".").casefold(): number
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in Locale(language).months["format"][width].items()
    }
