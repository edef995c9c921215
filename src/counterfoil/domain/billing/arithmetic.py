"""What an invoice comes to, exactly: lines, discounts, tax per rate (pure).

Rules. A line's net is quantity x unit price less the line's discount, rounded half up to the
minor unit (EN 16931, BT-131). The invoice's own discount is taken per tax rate on the sum of its
nets, half up (BG-20 has one allowance per rate). Tax per rate is taken on what is left, half up
(BR-CO-17). Total = subtotal - discount + tax.

An invoice that is credited bit by bit is credited to the cent. Each amount of a credit note against
it (a line's net, the allowance and the tax of a rate) is what its exact running total over all of
the invoice's credit notes rounds to, half up, less what was credited before. So a cent never gets
lost or made between the parts: the last part takes the rest, of every line and of every rate, and
all of them together come to the invoice. A credit note that is the first is computed like any
document; a later one may be a minor unit off what its own lines come to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """What was credited of one invoice line; `exact` is in minor units, before rounding."""

    quantity: Decimal = Decimal(0)
    exact: Decimal = Decimal(0)
    net_minor: int = 0


@dataclass(frozen=True, slots=True)
class CreditedRate:
    """What was credited at one tax rate; `allowance` is exact, in minor units."""

    net_minor: int = 0
    allowance: Decimal = Decimal(0)
    allowance_minor: int = 0
    tax_minor: int = 0

    @property
    def base_minor(self) -> int:
        """What the tax is on."""
        return self.net_minor - self.allowance_minor


@dataclass(frozen=True, slots=True)
class Credited:
    """What the credit notes of one invoice have come to so far: by its lines, and by tax rate."""

    lines: Mapping[UUID, CreditedLine] = field(default_factory=dict)
    rates: Mapping[Decimal, CreditedRate] = field(default_factory=dict)

    @property
    def total_minor(self) -> int:
        """All of it, tax included."""
        return sum(one.base_minor + one.tax_minor for one in self.rates.values())


def exact_net(line: LineInput, currency: str) -> Decimal:
    """The net of one line in minor units, before rounding."""
    with localcontext(prec=_DIGITS):  # the product of three numbers is longer than the usual 28
        share = (_HUNDRED - line.discount_percent) / _HUNDRED
        return (line.quantity * line.unit_price * share).scaleb(exponent(currency))


def line_net(line: LineInput, currency: str) -> Money:
    """The net of one line, rounded half up to the minor unit."""
    with localcontext(prec=_DIGITS):
        return Money(int(round_half_up(exact_net(line, currency))), currency)


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


def compute_credit(
    lines: Sequence[LineInput],
    line_ids: Sequence[UUID | None],
    *,
    discount_percent: Decimal,
    currency: str,
    before: Credited,
) -> tuple[Sums, Credited]:
    """Every amount of a credit note against an invoice, by the running totals, and what has been
    credited of the invoice with it. `line_ids` name, line by line, the invoice line that each one
    credits; a line that credits none is rounded by itself."""
    nets, by_line = _run_nets(lines, line_ids, currency, before.lines)
    taxes, by_rate = _run_rates(lines, nets, discount_percent, before.rates)
    zero = Money(0, currency)
    subtotal, tax = sum(nets, zero), sum((row.tax for row in taxes), zero)
    base = sum((row.base for row in taxes), zero)
    sums = Sums(tuple(nets), subtotal, subtotal - base, tuple(taxes), tax, base + tax)
    return sums, Credited(by_line, by_rate)


def _run_nets(
    lines: Sequence[LineInput],
    line_ids: Sequence[UUID | None],
    currency: str,
    before: Mapping[UUID, CreditedLine],
) -> tuple[list[Money], dict[UUID, CreditedLine]]:
    nets, after = [], dict(before)
    with localcontext(prec=_DIGITS):
        for line, line_id in zip(lines, line_ids, strict=True):
            had = after.get(line_id, CreditedLine()) if line_id else CreditedLine()
            exact = had.exact + exact_net(line, currency)
            now = CreditedLine(had.quantity + line.quantity, exact, int(round_half_up(exact)))
            nets.append(Money(now.net_minor - had.net_minor, currency))
            if line_id:
                after[line_id] = now
    return nets, after


def _run_rates(
    lines: Sequence[LineInput],
    nets: Sequence[Money],
    discount_percent: Decimal,
    before: Mapping[Decimal, CreditedRate],
) -> tuple[list[TaxAmount], dict[Decimal, CreditedRate]]:
    by_rate: dict[Decimal, int] = {}
    for line, net in zip(lines, nets, strict=True):
        rate = line.tax_rate.normalize()
        by_rate[rate] = by_rate.get(rate, 0) + net.minor
    taxes, after = [], dict(before)
    for rate in sorted(by_rate):
        had = after.get(rate, CreditedRate())
        net_minor = had.net_minor + by_rate[rate]
        allowance = had.allowance + Decimal(by_rate[rate]) * discount_percent / _HUNDRED
        allowance_minor = int(round_half_up(allowance))
        tax_minor = int(round_half_up(Decimal(net_minor - allowance_minor) * rate / _HUNDRED))
        now = after[rate] = CreditedRate(net_minor, allowance, allowance_minor, tax_minor)
        currency = nets[0].currency
        base = Money(now.base_minor - had.base_minor, currency)
        taxes.append(TaxAmount(rate, base, Money(tax_minor - had.tax_minor, currency)))
    return taxes, after
