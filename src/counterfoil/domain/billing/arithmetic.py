"""What an invoice comes to, exactly: lines, discounts, tax per rate (pure).

Rules. A line's net is quantity x unit price less the line's discount, rounded half up to the
minor unit (EN 16931, BT-131). The invoice's own discount is taken per tax rate on the sum of its
nets, half up (BG-20 has one allowance per rate). Tax per rate is taken on what is left, half up
(BR-CO-17). Total = subtotal - discount + tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from counterfoil.kernel.money import Money, exponent, round_half_up

_HUNDRED = Decimal(100)
_DIGITS = 60


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line as given: exact decimals; rates and discounts in percent."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal = Decimal(0)
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """Tax of one rate on its base."""

    rate: Decimal
    base: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Sums:
    """A document computed: nets in the order of the lines, sums, taxes by ascending rate."""

    nets: tuple[Money, ...]
    subtotal: Money
    discount: Money
    taxes: tuple[TaxAmount, ...]
    tax: Money
    total: Money


def line_net(line: LineInput, currency: str) -> Money:
    """The net of one line, rounded half up to the minor unit."""
    with localcontext(prec=_DIGITS):  # the product of three numbers is longer than the usual 28
        share = (_HUNDRED - line.discount_percent) / _HUNDRED
        exact = line.quantity * line.unit_price * share
        return Money(int(round_half_up(exact.scaleb(exponent(currency)))), currency)


def compute(lines: Sequence[LineInput], *, discount_percent: Decimal, currency: str) -> Sums:
    """Every amount of a document from its lines; `Money` refuses what is too large."""
    zero = Money(0, currency)
    nets = tuple(line_net(line, currency) for line in lines)
    by_rate: dict[Decimal, Money] = {}
    for line, net in zip(lines, nets, strict=True):
        rate = line.tax_rate.normalize()
        by_rate[rate] = by_rate.get(rate, zero) + net
    taxes, discount = [], zero
    for rate in sorted(by_rate):
        allowance = by_rate[rate].percent(discount_percent)
        base = by_rate[rate] - allowance
        discount += allowance
        taxes.append(TaxAmount(rate, base, base.percent(rate)))
    subtotal = sum(nets, zero)
    tax = sum((row.tax for row in taxes), zero)
    return Sums(nets, subtotal, discount, tuple(taxes), tax, subtotal - discount + tax)
