"""Crediting an invoice bit by bit comes to the invoice, to the cent, however it is cut."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from counterfoil.domain.billing.arithmetic import Credited, LineInput, compute, compute_credit
from counterfoil.kernel.ids import new_id
from properties.test_money import currencies

percents = st.one_of(
    st.sampled_from(["0", "5.5", "7", "19", "20", "33.3333", "100"]).map(Decimal),
    st.decimals(0, 100, places=4),
)
lines = st.builds(
    LineInput,
    st.just("Water"),
    st.decimals(0, 1000, places=6).filter(bool),
    st.decimals(0, 1000, places=6),
    percents,
    percents,
)
shares = st.lists(st.integers(0, 100), min_size=1, max_size=5)
invoices = st.tuples(st.lists(lines, min_size=1, max_size=5), percents, currencies)


def quantities_of(line, percent_of_each):
    """The line's quantity cut into these shares of what is left, and the rest."""
    left = line.quantity
    for percent in percent_of_each:
        part = (left * percent / 100).quantize(Decimal("0.000001"))
        left -= part
        yield part
    yield left


def part_of(line, quantity):
    return LineInput(
        line.description, quantity, line.unit_price, line.tax_rate, line.discount_percent
    )


def line(quantity, price, tax="0"):
    return LineInput("Water", Decimal(quantity), Decimal(price), Decimal(tax))


@given(invoices, shares)
@example(([line("1", "10")], Decimal(0), "EUR"), [33, 50])
@example(([line("1", "1")], Decimal(0), "EUR"), [1] * 100)
@example(([line("3", "0.05", "19"), line("7", "0.05", "19")], Decimal("3.5"), "EUR"), [10] * 9)
def test_the_parts_come_to_the_invoice(invoice, percent_of_each):
    whole, discount, currency = invoice
    ids = [new_id() for _ in whole]
    sums = compute(whole, discount_percent=discount, currency=currency)
    cut = zip(*(quantities_of(one, percent_of_each) for one in whole), strict=True)
    credited, parts = Credited(), []
    for quantities in cut:
        some = [
            (part_of(one, quantity), line_id)
            for one, quantity, line_id in zip(whole, quantities, ids, strict=True)
            if quantity
        ]
        part, credited = compute_credit(
            [one for one, _ in some], [line_id for _, line_id in some],
            discount_percent=discount, currency=currency, before=credited,
        )  # fmt: skip
        parts.append(part)

    assert credited.total_minor == sum(part.total.minor for part in parts) == sums.total.minor
    assert [credited.lines[one].net_minor for one in ids] == [net.minor for net in sums.nets]
    assert {rate: one.tax_minor for rate, one in credited.rates.items()} == {
        row.rate: row.tax.minor for row in sums.taxes
    }
    assert sum(part.discount.minor for part in parts) == sums.discount.minor
    for part in parts:
        assert all(net.minor >= 0 for net in part.nets)
        assert all(row.base.minor >= 0 and row.tax.minor >= 0 for row in part.taxes)
        assert part.total == part.subtotal - part.discount + part.tax
        assert part.subtotal.minor == sum(net.minor for net in part.nets)
        assert part.tax.minor == sum(row.tax.minor for row in part.taxes)


@given(invoices)
def test_the_first_part_is_computed_like_any_document(invoice):
    whole, discount, currency = invoice
    ids = [new_id() for _ in whole]

    part, credited = compute_credit(
        whole, ids, discount_percent=discount, currency=currency, before=Credited()
    )

    assert part == compute(whole, discount_percent=discount, currency=currency)
    assert credited.total_minor == part.total.minor


@given(invoices)
def test_lines_that_name_no_line_run_by_their_rate_alone(invoice):
    whole, discount, currency = invoice
    nobody = [None] * len(whole)

    one, after = compute_credit(
        whole, nobody, discount_percent=discount, currency=currency, before=Credited()
    )
    two, after = compute_credit(
        whole, nobody, discount_percent=discount, currency=currency, before=after
    )

    assert [net.minor for net in one.nets] == [net.minor for net in two.nets]
    twice = compute([*whole, *whole], discount_percent=discount, currency=currency)
    assert one.total.minor + two.total.minor == after.total_minor == twice.total.minor
