"""Stripe's own decimals: where they are not ISO 4217's, and which amounts it does not take.

From Stripe's page on currencies. An amount goes over the wire in Stripe's smallest unit; `to_wire`
and `of_wire` are the only two places where the two meet.
"""

from counterfoil.adapters.answers import Unreadable
from counterfoil.kernel.errors import Problem, Refused
from counterfoil.kernel.money import Money, exponent

ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"}
    | {"PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})  # the last digit is always a nought
# Every other one has two, ISK and UGX too, though neither has any decimals today: ISK 5 is 500.


class NotTaken(Refused):
    """Stripe can't move exactly this amount."""

    code = "amount_not_taken"
    message = "The gateway does not take this amount in this currency."


def wire_exponent(currency: str) -> int:
    """How many decimals Stripe's smallest unit has."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def to_wire(amount: Money) -> int:
    """The amount in Stripe's smallest unit; `NotTaken` if that is not exact."""
    shift = wire_exponent(amount.currency) - exponent(amount.currency)
    whole, rest = _scaled(amount.minor, shift)
    if rest or (amount.currency in THREE_DECIMAL and whole % 10):
        raise NotTaken
    return whole


def of_wire(minor: object, currency: object) -> Money:
    """The amount that an answer names; `Unreadable` if it is none, or not exact in ISO 4217."""
    if type(minor) is not int or not isinstance(currency, str):
        raise Unreadable("not an amount")
    code = currency.upper()
    try:
        shift = exponent(code) - wire_exponent(code)
        whole, rest = _scaled(minor, shift)
        if rest:
            raise Unreadable(f"{minor} is not an amount in {code}")
        return Money(whole, code)
    except Problem as problem:
        raise Unreadable(f"not an amount: {problem.message}") from problem


def _scaled(minor: int, shift: int) -> tuple[int, int]:
    """So many decimals more (or fewer), and what does not fit into them."""
    more: int = 10 ** max(shift, 0)
    fewer: int = 10 ** max(-shift, 0)
    return divmod(minor * more, fewer)
