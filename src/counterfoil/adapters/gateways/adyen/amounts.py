"""Amounts as Adyen counts them: its decimals are not ISO 4217's for some currencies."""

from collections.abc import Mapping
from typing import Any

from counterfoil.kernel.errors import Problem
from counterfoil.kernel.money import Money, exponent

DECIMALS = {"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2}  # where Adyen differs from ISO 4217


class BadAmount(ValueError):
    """An amount that one of the two sides can't hold."""


def value_of(amount: Money) -> Mapping[str, object]:
    """An amount for Adyen; one that is finer than Adyen counts is refused (`BadAmount`)."""
    more = _more_decimals(amount.currency)
    value, rest = divmod(amount.minor * 10 ** max(more, 0), 10 ** max(-more, 0))
    if rest:
        raise BadAmount(f"Adyen counts no parts of {amount.currency}")
    return {"currency": amount.currency, "value": value}


def money_of(told: Any) -> Money:
    """An amount of Adyen's; one that is finer than its currency is none (`BadAmount`)."""
    try:
        value, currency = told["value"], told["currency"]
        if type(value) is not int or not isinstance(currency, str):
            raise BadAmount("not an amount")
        more = _more_decimals(currency)
        minor, rest = divmod(value * 10 ** max(-more, 0), 10 ** max(more, 0))
        if rest:
            raise BadAmount(f"finer than {currency} is")
        return Money(minor, currency)
    except (KeyError, TypeError, Problem) as error:
        raise BadAmount("not an amount") from error


def _more_decimals(currency: str) -> int:
    return DECIMALS.get(currency, exponent(currency)) - exponent(currency)
