"""The words of the gateway's pages, a file a language."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from babel import Locale
from babel.numbers import get_currency_symbol, parse_pattern
from iso4217 import Currency

from counterfoil_sandbox.requests import AMOUNT_MAX

LANGUAGES = ("en", "de", "ar")
_RIGHT_TO_LEFT = {"ar"}
_FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Texts:
    """One language: its code, its direction and its words by name."""

    language: str
    direction: str
    words: Mapping[str, str]


@cache
def texts_in(language: str) -> Texts:
    """The words of a language out of `LANGUAGES`."""
    words = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return Texts(language, "rtl" if language in _RIGHT_TO_LEFT else "ltr", words)


def choose(wanted: str, accepted: str) -> Texts:
    """The language asked for, or the first of an Accept-Language header that we have, or English.

    `accepted` is read in the order it is written, as browsers write it by preference.
    """
    for tag in [wanted, *accepted.split(",")]:
        language = tag.partition(";")[0].strip().replace("_", "-").partition("-")[0].lower()
        if language in LANGUAGES:
            return texts_in(language)
    return texts_in("en")


def decimals_of(currency: str) -> int:
    """How many decimals its amounts are written with."""
    return Currency(currency).exponent or 0


def plain_amount(minor: int, currency: str) -> str:
    """Minor units as a field shows them: 203.55."""
    return f"{Decimal(minor).scaleb(-decimals_of(currency)):f}"


def read_amount(text: str, currency: str) -> int | None:
    """Minor units of what somebody typed, with a point or a comma; None for what is no amount that
    could be sent."""
    try:
        minor = Decimal(text.strip().replace(",", ".")).scaleb(decimals_of(currency))
    except InvalidOperation:
        return None
    is_amount = minor.is_finite() and 0 < minor <= AMOUNT_MAX and minor == int(minor)
    return int(minor) if is_amount else None


def format_amount(minor: int, currency: str, language: str) -> str:
    """Minor units as the language writes them, with the currency's ISO decimals."""
    digits = decimals_of(currency)
    locale = Locale.parse(language)
    text = locale.currency_formats["standard"].pattern
    if get_currency_symbol(currency, locale)[-1].isalpha():
        text = text.replace("¤#", "¤\N{NO-BREAK SPACE}#")  # BHD 1.000, not BHD1.000
    pattern = parse_pattern(text)
    pattern.frac_prec = (digits, digits)
    amount = Decimal(minor).scaleb(-digits)
    return str(pattern.apply(amount, locale, currency=currency, currency_digits=False))
