"""Amounts, dates and moments in the language of the mail, as on the documents that go along."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_symbol

from counterfoil.kernel.directions import symbol_in_order
from counterfoil.kernel.money import Money

_AMERICAN = frozenset({"US", "PH"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_LEFT_TO_RIGHT = "\u200e"
_NUMBERS = re.compile(r"(?<![\w/-])((?=[\w/-]*\d)\w+(?:[-/]\w+)+)")
_MARKS = re.compile("[\u2068\u2069\u200e\u200f]")
_HALF, _WHOLE = 24, 28  # letters
SHORT = 16
"""So many letters fit on a line wherever they stand."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def locale_of(language: str) -> Locale:
    """The nearest locale that is known, English in the end."""
    for code in (language, language.partition("-")[0]):
        try:
            return Locale.parse(code.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def is_rtl(locale: Locale) -> bool:
    """Whether the language is written from right to left."""
    return locale.text_direction == "rtl"


def money(value: Money, locale: Locale) -> str:
    """An exact amount with its currency and the currency's own number of decimals."""
    text = format_currency(value.decimal, value.currency, locale=locale)
    spaced = re.sub(r"(?<=[A-Za-z])(?=[-\d])", "\u00a0", text)
    if not is_rtl(locale):
        return spaced
    signed = spaced.replace("-", f"{_LEFT_TO_RIGHT}-")  # else the minus stands behind the digits
    return symbol_in_order(signed, get_currency_symbol(value.currency, locale))


def day(value: date, locale: Locale) -> str:
    """A date with its month as a word, so that no reader can swap day and month."""
    if locale.language == "en" and locale.territory not in _AMERICAN:
        return format_date(value, "d MMMM y", locale=locale)
    return format_date(value, "long", locale=locale)


def clock_time(value: datetime, zone: str, locale: Locale) -> str:
    """The time of day in the reader's zone, with the zone: `16:09 CET`; `16:09 Uhr CET` in German,
    as on the documents."""
    local = value.astimezone(ZoneInfo(zone))
    pattern = "h:mm a" if locale.territory in _AMERICAN else "HH:mm"
    name = local.tzname() or ""
    shown = f"UTC{name}" if name[:1] in {"+", "-"} else name
    word = " Uhr" if locale.language == "de" else ""
    return f"{format_time(local, pattern, locale=locale)}{word} {shown}"


def local_day(value: datetime, zone: str, locale: Locale) -> str:
    """The date of a moment in the reader's zone."""
    return day(value.astimezone(ZoneInfo(zone)).date(), locale)


def isolated(text: str, *, rtl: bool) -> str:
    """A name or number kept from turning the words around it, where directions could mix."""
    if rtl or _RIGHT_TO_LEFT.search(text):
        return f"{_ISOLATE}{text}{_END_ISOLATE}"
    return text


def are_wide(left: str, right: str) -> bool:
    """Whether two texts do not fit beside each other on a phone, though the left one wraps."""
    left, right = (_MARKS.sub("", text) for text in (left, right))
    word = max(map(len, re.split("[ -]", left)))
    return len(right) > _HALF or word + len(right) > _WHOLE


def parted(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, and whether each is the number of a document: a word with a digit and
    hyphens or slashes in it."""
    for place, part in enumerate(_NUMBERS.split(text)):
        yield part, place % 2 == 1
