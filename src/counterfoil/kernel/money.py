"""Money in integer minor units, and the exact arithmetic that invoices and splits need."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from iso4217 import Currency

from counterfoil.kernel.errors import Refused

MINOR_MAX = 10**15
_HUNDRED = Decimal(100)


class UnknownCurrency(Refused):
    """Not an active ISO 4217 currency with minor units."""

    code = "unknown_currency"
    message = "This is not a currency that we know."


class BadAmount(Refused):
    """Not an amount that this currency can hold."""

    code = "bad_amount"
    message = "This is not an amount in this currency."


@cache
def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217: JPY 0, EUR 2, BHD 3)."""
    try:
        digits = Currency(currency).exponent
    except ValueError:
        raise UnknownCurrency from None
    if digits is None:
        raise UnknownCurrency
    return digits


def round_half_up(value: Decimal, digits: int = 0) -> Decimal:
    """Commercial rounding: a half goes away from zero (EN 16931 examples; the stated rule)."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: `minor` units of one currency. Never a float, never mixed."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("minor units are an int")
        if abs(self.minor) > MINOR_MAX:
            raise BadAmount("This amount is too large.")
        exponent(self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise TypeError(f"{self.currency} and {other.currency} can't be mixed")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def decimal(self) -> Decimal:
        """The exact value in major units, with the currency's own number of decimals."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    @classmethod
    def of_decimal(cls, value: Decimal, currency: str) -> "Money":
        """An exact value in major units; more decimals than the currency has are refused."""
        scaled = value.scaleb(exponent(currency))
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise BadAmount("This amount has more decimals than its currency.")
        return cls(int(scaled), currency)

    def percent(self, rate: Decimal) -> "Money":
        """`rate` percent of this, rounded half up to the minor unit."""
        return Money(int(round_half_up(Decimal(self.minor) * rate / _HUNDRED)), self.currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Parts in proportion to the weights that add up exactly (largest remainder first)."""
        total = sum(weights)
        if total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights are not negative and not all zero")
        sign = -1 if self.minor < 0 else 1
        whole = [abs(self.minor) * weight // total for weight in weights]
        rest = [abs(self.minor) * weight % total for weight in weights]
        missing = abs(self.minor) - sum(whole)
        by_remainder = sorted(range(len(weights)), key=lambda i: (-rest[i], i))
        for index in by_remainder[:missing]:
            whole[index] += 1
        return [Money(sign * part, self.currency) for part in whole]


def parse_decimal(text: str, *, digits_max: int = 20, decimals_max: int = 10) -> Decimal:
    """A plain decimal string (`-12.50`); exponents, blanks, commas, NaN and long tails refused."""
    plain = text.removeprefix("-")
    whole, dot, fraction = plain.partition(".")
    good = whole.isascii() and whole.isdigit() and (not dot or fraction.isdigit())
    if not good or not fraction.isascii():
        raise BadAmount("This is not a number like 12.50.")
    if len(whole) > digits_max or len(fraction) > decimals_max:
        raise BadAmount("This number has too many digits.")
    return Decimal(text)
