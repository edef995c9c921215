"""What a document comes to, against the same rules in fractions: no rounding but the stated."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from counterfoil.domain.billing.arithmetic import LineInput, compute
from counterfoil.domain.billing.drafts import NUMBER_MAX, NewInvoice, checked_sums
from counterfoil.kernel.errors import InvalidInput
from counterfoil.kernel.ids import new_id
from counterfoil.kernel.money import MINOR_MAX, BadAmount, exponent
from properties.test_money import currencies, half_up

percents = st.one_of(
    st.sampled_from(["0", "5.5", "7", "19", "20", "33.3333", "100"]).map(Decimal),
    st.decimals(0, 100, places=4),
)
quantities = st.decimals(Decimal("0.000001"), NUMBER_MAX, places=6).filter(lambda q: q < NUMBER_MAX)
prices = st.decimals(0, NUMBER_MAX, places=6).filter(lambda p: p < NUMBER_MAX)
small = st.decimals(0, 1000, places=3)
lines = st.builds(
    LineInput,
    st.just("Water"),
    st.one_of(small.filter(bool), quantities),
    st.one_of(small, prices),
    percents,
    percents,
)
documents = st.tuples(st.lists(lines, min_size=1, max_size=8), percents, currencies)


def by_hand(lines, discount, currency):
    """Nets, discount, taxes by rate and total, in minor units, with fractions alone."""
    unit = 10 ** exponent(currency)
    nets = [
        half_up(Fraction(one.quantity) * Fraction(one.unit_price) * unit
                * (100 - Fraction(one.discount_percent)) / 100)
        for one in lines
    ]  # fmt: skip
    by_rate = {}
    for one, net in zip(lines, nets, strict=True):
        by_rate[one.tax_rate] = by_rate.get(one.tax_rate, 0) + net
    off = {rate: half_up(Fraction(net) * Fraction(discount) / 100) for rate, net in by_rate.items()}
    taxes = {
        rate: half_up((net - off[rate]) * Fraction(rate) / 100) for rate, net in by_rate.items()
    }
    return nets, sum(off.values()), taxes, sum(nets) - sum(off.values()) + sum(taxes.values())


def line(quantity, price, off="0"):
    return LineInput("Water", Decimal(quantity), Decimal(price), Decimal(20), Decimal(off))


@given(documents)
@example(([line("999999999999.999999", "999999999999.999999")], Decimal(0), "CLF"))
@example(([line("9.999999", "999999999999.999999", "0.0001")], Decimal(0), "EUR"))
@example(([line("999999.999999", "999999.500001", "0.0001")], Decimal(0), "CLF"))
@example(([line("68510185.857143", "900.000007", "0.0001")], Decimal(0), "CLF"))
@example(([line("1", "0.005")], Decimal(0), "EUR"))
def test_a_document_is_what_the_rules_say(document):
    lines, discount, currency = document
    invoice = NewInvoice(new_id(), currency, lines, discount_percent=discount)
    nets, off, taxes, total = by_hand(lines, discount, currency)
    try:
        sums = checked_sums(invoice)
    except InvalidInput:
        assert max([*nets, sum(nets), total]) > MINOR_MAX
        return
    assert [net.minor for net in sums.nets] == nets
    assert (sums.subtotal.minor, sums.discount.minor) == (sum(nets), off)
    assert {row.rate: row.tax.minor for row in sums.taxes} == taxes
    assert (sums.tax.minor, sums.total.minor) == (sum(taxes.values()), total)


@given(documents)
def test_the_parts_come_to_the_total(document):
    lines, discount, currency = document
    try:
        sums = compute(lines, discount_percent=discount, currency=currency)
    except BadAmount:  # the other test says when
        return
    assert sum(net.minor for net in sums.nets) == sums.subtotal.minor
    assert sum(row.tax.minor for row in sums.taxes) == sums.tax.minor
    assert sum(row.base.minor for row in sums.taxes) == sums.subtotal.minor - sums.discount.minor
    assert sums.total.minor == sums.subtotal.minor - sums.discount.minor + sums.tax.minor
    assert [row.rate for row in sums.taxes] == sorted({one.tax_rate for one in lines})
    assert 0 <= sums.discount.minor <= sums.subtotal.minor
