"""Puts money, numbers, dates and moments in the reader's own writing (the active language)."""

import unicodedata
from collections.abc import Callable
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import Generic, Literal, ParamSpec, TypeVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.numbers import NumberPattern, format_decimal, format_percent, get_currency_symbol
from django.utils.timezone import localtime
from django.utils.translation import get_language

from counterfoil.kernel.directions import symbol_in_order
from counterfoil.kernel.money import Money, exponent

P = ParamSpec("P")
R = TypeVar("R")

_REMEMBERED = 10_000  # the same amounts and days come again and again
UNIT_PRICE_DECIMALS_MAX = 10
_QUANTITY_PATTERN = "#,##0.##########"
_PERCENT_PATTERN_DECIMALS_MAX = 6
_NOON = 12
_EVENING = 18


class Remembered(Generic[P, R]):
    """Marks what is the same for the same arguments as long as the language is the same: it is
    worked out once. The one `of` a language no longer asks which is active, which costs more than
    all else about it."""

    def __init__(self, say: Callable[P, R]) -> None:
        def said(_language: str | None, *given: P.args, **named: P.kwargs) -> R:
            return say(*given, **named)

        self.__doc__ = say.__doc__
        self._kept = lru_cache(_REMEMBERED)(said)

    def __call__(self, *given: P.args, **named: P.kwargs) -> R:
        """In the active language."""
        return self._kept(get_language(), *given, **named)  # type: ignore[arg-type]  # hashable

    def of(self, language: str) -> Callable[P, R]:
        """In this language, which is the active one."""
        return partial(self._kept, language)


@cache
def _locale(language: str) -> Locale:
    """The nearest locale that is known, English in the end."""
    for code in (language, language.partition("-")[0]):
        try:
            return Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def number_locale() -> Locale:
    """The locale of the active language, for numbers and money."""
    return _locale(get_language() or "en")


def date_locale() -> Locale:
    """As `number_locale`, but English of no country puts the day first and counts 24 hours."""
    locale = number_locale()
    if locale.language == "en" and locale.territory is None:
        return _locale("en-GB")
    return locale


@cache
def _currency_pattern(locale: Locale, decimals_min: int, decimals_max: int) -> NumberPattern:
    pattern: NumberPattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (decimals_min, decimals_max)
    if locale.text_direction == "rtl":
        positive, negative = pattern.prefix
        # Without its left-to-right mark the minus would stand behind the digits.
        pattern.prefix = (positive, negative.replace("-", "\u200e-"))
    return pattern


@Remembered
def money(value: Money) -> str:
    """`€203.55`: always with its currency, and with as many decimals as ISO 4217 says."""
    digits = exponent(value.currency)
    return _amount(value.decimal, value.currency, digits, digits)


def unit_price(value: Decimal, currency: str) -> str:
    """A price in major units with all its own decimals, but no fewer than the currency has."""
    digits = exponent(currency)
    own = -int(value.as_tuple().exponent) if value.is_finite() else digits
    digits_max = min(max(own, digits), UNIT_PRICE_DECIMALS_MAX)
    return _amount(value, currency, max(digits, digits_max), digits_max)


def _amount(value: Decimal, currency: str, decimals_min: int, decimals_max: int) -> str:
    locale = number_locale()
    pattern = _currency_pattern(locale, decimals_min, decimals_max)
    text = str(pattern.apply(value, locale, currency=currency, currency_digits=False))
    if locale.text_direction == "rtl":
        return symbol_in_order(text, get_currency_symbol(currency, locale))
    return text


@Remembered
def quantity(value: Decimal) -> str:
    """A plain number without padding zeros."""
    return format_decimal(value, _QUANTITY_PATTERN, number_locale())


@Remembered
def number(value: int) -> str:
    """A count with its thousands marked."""
    return format_decimal(value, locale=number_locale())


@Remembered
def percent(value: Decimal) -> str:
    """`Decimal("5.5")` percent, written as the locale writes it."""
    locale = number_locale()
    pattern = copy(locale.percent_formats[None])
    pattern.frac_prec = (0, _PERCENT_PATTERN_DECIMALS_MAX)
    return format_percent(value / 100, pattern, locale, decimal_quantization=False)


@Remembered
def day(value: date) -> str:
    """`7 Nov 2026`: short, the month in letters so that no one can read it wrongly."""
    return _joined(format_skeleton("yMMMd", value, locale=date_locale()))


@Remembered
def day_long(value: date) -> str:
    """`27 November 2026`."""
    return _joined(format_date(value, "long", locale=date_locale()))


@Remembered
def day_short(value: date) -> str:
    """`14 Oct`: without the year, for pills about what is near."""
    return _joined(format_skeleton("MMMd", value, locale=date_locale()))


def _joined(words: str) -> str:
    """A day with its full stop stays with its month: no line ends in `7.`."""
    return words.replace(". ", ".\u00a0", 1)


def clock_time(value: datetime) -> str:
    """`10:42` in the active time zone."""
    return format_time(localtime(value), "short", locale=date_locale())


def moment(value: datetime) -> str:
    """`21 November 2026, 10:42` in the active time zone."""
    local, locale = localtime(value), date_locale()
    glue = str(get_datetime_format("medium", locale))
    return glue.replace("{0}", clock_time(value)).replace("{1}", day_long(local.date()))


def moment_day(value: datetime) -> str:
    """The day of a moment in the active time zone: `7 Nov 2026`."""
    return day(localtime(value).date())


def moment_day_long(value: datetime) -> str:
    """The day of a moment in the active time zone: `27 November 2026`."""
    return day_long(localtime(value).date())


def machine_time(value: date | datetime) -> str:
    """The `datetime` attribute of `<time>`."""
    return value.isoformat()


def day_part(value: datetime) -> Literal["morning", "afternoon", "evening"]:
    """The part of the day to greet by; `value` is in the reader's time zone already."""
    if value.hour < _NOON:
        return "morning"
    return "afternoon" if value.hour < _EVENING else "evening"


def alphabetical(words: str) -> str:
    """The key to sort names by as a reader expects: `Österreich` among the O, `أيرلندا` first."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))
    return plain.casefold()
