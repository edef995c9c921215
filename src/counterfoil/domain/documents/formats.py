"""Amounts, rates and dates as a reader of the document's language expects them, and exact."""

import re
from datetime import date, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, parse_pattern

from counterfoil.domain.documents.words import LANGUAGES, Words
from counterfoil.kernel.directions import symbol_in_order
from counterfoil.kernel.money import Money, exponent, parse_decimal

MINUS = "\u2212"
_LEFT_TO_RIGHT = "\u200e"
_DAY_FIRST = "d MMMM y"
# Sixty digits hold every decimal that is accepted anywhere; what would round is an error.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])
_AMERICAN_DATES = frozenset({"US", "PH"})


class Formats:
    """How one locale and one currency look on the page.

    A language that the documents have no words for is printed in English altogether: English
    labels around another language's figures would help nobody. Arabic documents use Western
    digits, as banks, account numbers and the payment page do, so every figure can be compared.
    """

    def __init__(self, locale: str, currency: str) -> None:
        self.locale = _known(locale)
        self.currency = currency
        self.words: Words = LANGUAGES[self.locale.language]
        self.rtl = self.locale.text_direction == "rtl"
        self._exponent = exponent(currency)
        self._patterns: dict[int, NumberPattern] = {}

    def money(self, minor: int) -> str:
        """An exact amount with its currency and the currency's own number of decimals."""
        return self._currency(Money(minor, self.currency).decimal, self._exponent)

    def unit_price(self, price: str) -> str:
        """A plain decimal with its currency and all of its own decimals, never rounded."""
        value = parse_decimal(price)
        return self._currency(value, max(self._exponent, _decimals(value)))

    def quantity(self, quantity: str) -> str:
        """A plain decimal with every digit that it has, grouped."""
        return self._plain(parse_decimal(quantity))

    def percent(self, rate: str) -> str:
        """A rate that is already percent: `"5.5"` is 5.5 %."""
        value = parse_decimal(rate)
        pattern: str = self.locale.percent_formats[None].pattern
        return pattern.replace("#,##0", self._plain(value.normalize(_EXACT)))

    def date(self, day: date) -> str:
        """The date with its month as a word, so that no reader can swap day and month."""
        american = self.locale.language == "en" and self.locale.territory in _AMERICAN_DATES
        pattern = _DAY_FIRST if self.locale.language == "en" and not american else "long"
        return format_date(day, pattern, locale=self.locale)

    def moment(self, at: datetime, zone: str) -> str:
        """The date and time in the named zone, with the zone."""
        local = at.astimezone(ZoneInfo(zone))
        twelve = self.locale.territory in _AMERICAN_DATES
        time = format_time(local, "h:mm a" if twelve else "HH:mm", locale=self.locale)
        clock = self.words.paid_at_time.format(date=self.date(local.date()), time=time)
        return f"{clock} {_zone_name(local)}"

    def moment_day(self, at: datetime, zone: str) -> str:
        """The date alone, in the named zone."""
        return self.date(at.astimezone(ZoneInfo(zone)).date())

    def _currency(self, value: Decimal, decimals: int) -> str:
        if decimals not in self._patterns:
            shape = "0." + "0" * decimals if decimals else "0"
            standard = self.locale.currency_formats["standard"].pattern
            self._patterns[decimals] = parse_pattern(re.sub(r"0\.0+", shape, standard))
        with localcontext(_EXACT):
            text: str = self._patterns[decimals].apply(
                value,
                self.locale,
                currency=self.currency,
                currency_digits=False,
                numbering_system="latn",
            )
        signed = self._signed(re.sub(r"(?<=[A-Za-z])(?=[-\d])", "\u00a0", text))
        symbol = get_currency_symbol(self.currency, self.locale)
        return symbol_in_order(signed, symbol) if self.rtl else signed

    def _plain(self, value: Decimal) -> str:
        with localcontext(_EXACT):
            exact = format_decimal(
                value, locale=self.locale, decimal_quantization=False, numbering_system="latn"
            )
        return self._signed(exact)

    def _signed(self, text: str) -> str:
        return text.replace("-", f"{_LEFT_TO_RIGHT}{MINUS}" if self.rtl else MINUS)


def _known(locale: str) -> Locale:
    try:
        parsed = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
    return parsed if parsed.language in LANGUAGES else Locale("en")


def _decimals(value: Decimal) -> int:
    scale = value.as_tuple().exponent
    return max(0, -scale) if isinstance(scale, int) else 0


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    return f"UTC{name.replace('-', MINUS)}" if name[:1] in {"+", "-"} else name
