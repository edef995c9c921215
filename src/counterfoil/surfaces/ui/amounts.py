"""Reads an amount as people type it; what could mean two amounts is asked again, never guessed."""

import re
import unicodedata

from babel.numbers import format_decimal as written
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from counterfoil.kernel.errors import FieldProblem
from counterfoil.kernel.money import (
    BadAmount,
    Money,
    UnknownCurrency,
    exponent,
    parse_decimal,
)
from counterfoil.surfaces.ui.formatting import number_locale

TYPED_MAX = 60
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'\u2019\u02bc]")
_MARKS = str.maketrans({"٫": ".", "٬": " ", "،": ",", "−": "-"})
_WORDS = re.compile(r"[a-z]+", re.IGNORECASE)
_GROUPS = re.compile(r"[0-9]{1,3}(?P<mark>[ .,])[0-9]{3}(?:(?P=mark)[0-9]{3})*")


def typed_amount(text: str, currency: str, *, field: str = "amount") -> Money:
    """The amount that was typed, in the reader's way of writing or in another that can't be taken
    for something else: `12.50`, `12,50`, `1.234,56`, `1 234,56`, `€ 12.50`, `12.50 EUR`.

    Refuses (`FieldProblem`): nothing, no number, another currency's sign, more decimals than the
    currency has, more than can be kept, and what has two meanings (`1.234` where the point is the
    decimal mark).
    """
    plain = _plain(text, currency, field)
    if plain.startswith("-"):
        raise FieldProblem(field, "The amount must be more than zero.", code="not_positive")
    number = parse_decimal(_dotted(plain, currency, field), digits_max=TYPED_MAX)
    try:
        return Money.of_decimal(number, currency)
    except BadAmount:
        raise FieldProblem(field, "The amount is too large.", code="too_large") from None


def _not_an_amount(field: str) -> FieldProblem:
    return FieldProblem(field, "This is not an amount like 12.50.", code="not_an_amount")


def _unclear(field: str) -> FieldProblem:
    message = "This can be read in two ways; write it with its decimals, like 1234.00."
    return FieldProblem(field, message, code="unclear_amount")


def _plain(text: str, currency: str, field: str) -> str:
    """Digits, points, commas and single spaces: without the sign of the currency."""
    if not text.strip():
        raise FieldProblem(field, "An amount is needed.", code="required")
    if len(text) > TYPED_MAX:
        raise FieldProblem(field, "This is too long for an amount.", code="too_long")
    known = "".join(c for c in text if unicodedata.category(c) != "Cf").translate(_MARKS)
    known = "".join(str(unicodedata.decimal(c, c)) for c in known)
    for sign in _signs(currency):
        if sign in known:
            known = known.replace(sign, " ", 1)
            break
    known = _SPACES.sub(" ", known)
    if _names_a_currency(known):
        raise FieldProblem(field, f"This amount is in {currency}.", code="other_currency")
    known = re.sub(r" +", " ", known).strip()
    known = re.sub(r"^- ", "-", known)
    if not re.fullmatch(r"-?[0-9][0-9., ]*|-?[.,][0-9]+", known):
        raise _not_an_amount(field)
    return known


def _names_a_currency(text: str) -> bool:
    """Whether a currency's sign or code stands beside a number: `$12.50`, `12.50 CHF`."""
    if not any(c.isdigit() for c in text):
        return False
    codes = {word.upper() for word in _WORDS.findall(text)}
    return any(unicodedata.category(c) == "Sc" for c in text) or any(map(_is_code, codes))


def _is_code(word: str) -> bool:
    try:
        exponent(word)
    except UnknownCurrency:
        return False
    return True


def _signs(currency: str) -> list[str]:
    """How the currency may be written beside the number, the longest first."""
    symbol = get_currency_symbol(currency, locale=number_locale())
    narrow = get_currency_symbol(currency, locale="en")
    digits = "".join(c for c in symbol if unicodedata.category(c) != "Cf")
    return sorted({currency, currency.lower(), symbol, digits, narrow}, key=len, reverse=True)


def _dotted(plain: str, currency: str, field: str) -> str:
    """The number with a point before its decimals and nothing else."""
    marks = [c for c in plain if c in ".,"]
    whole, mark, decimals = plain, "", ""
    if marks and (len(set(marks)) > 1 or _is_decimal(plain, marks, currency, field)):
        mark = marks[-1]
        whole, _, decimals = plain.rpartition(mark)
        if mark in whole or " " in decimals:
            raise _not_an_amount(field)
    if len(decimals) > exponent(currency):
        raise FieldProblem(field, "This has too many decimals.", code="too_many_decimals")
    return f"{_ungrouped(whole, field) or '0'}.{decimals or '0'}"


def _is_decimal(plain: str, marks: list[str], currency: str, field: str) -> bool:
    """Whether the one kind of mark in a number stands before its decimals."""
    mark = marks[0]
    before, _, after = plain.rpartition(mark)
    if len(marks) > 1:
        return False
    could_group = bool(_GROUPS.fullmatch(plain)) and before != "0"
    could_part = len(after) <= exponent(currency)
    if not could_group:
        return True
    locale = number_locale()
    if mark == get_group_symbol(locale).translate(_MARKS) and not could_part:
        return False
    if mark == get_decimal_symbol(locale).translate(_MARKS) and could_part:
        return True
    raise _unclear(field)


def _ungrouped(whole: str, field: str) -> str:
    """The digits before the decimals; marks of thousands stand where they belong, or it is asked
    again."""
    if not re.search(r"[ .,]", whole):
        return whole
    if not _GROUPS.fullmatch(whole):
        raise _unclear(field)
    return re.sub(r"[ .,]", "", whole)


def typed(value: Money) -> str:
    """The amount as a field holds it: in the reader's way of writing, without a currency."""
    digits = exponent(value.currency)
    pattern = "0." + "0" * digits if digits else "0"
    return str(written(value.decimal, pattern, number_locale()))
