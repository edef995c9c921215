"""Money over every currency of ISO 4217 and any amount: no cent appears or is lost."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from counterfoil.kernel.money import (
    MINOR_MAX,
    BadAmount,
    Money,
    UnknownCurrency,
    exponent,
    parse_decimal,
)

CURRENCIES = [one.value for one in Currency if one.exponent is not None]
currencies = st.sampled_from(CURRENCIES)
minors = st.integers(-MINOR_MAX // 4, MINOR_MAX // 4)
rates = st.decimals(0, 100, places=4)


@pytest.mark.parametrize("currency", sorted(one.value for one in Currency))
def test_every_currency_has_an_exponent_or_is_refused(currency):
    known = Currency(currency).exponent
    if known is None:
        with pytest.raises(UnknownCurrency):
            exponent(currency)
    else:
        assert exponent(currency) == known


@given(currencies, minors)
def test_decimals_and_back(currency, minor):
    money = Money(minor, currency)
    assert Money.of_decimal(money.decimal, currency) == money
    assert parse_decimal(format(money.decimal, "f")) == money.decimal
    assert -money.decimal.as_tuple().exponent == exponent(currency)


@given(currencies, minors, minors, minors)
def test_sums(currency, a, b, c):
    one, two, three = (Money(minor, currency) for minor in (a, b, c))
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + two - two == one
    assert one + -one == Money(0, currency)
    assert (one < two) == (a < b)
    assert (one <= two) == (a <= b)
    assert bool(one) == (a != 0)


@given(currencies, minors, st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_a_split_adds_up_and_is_fair(currency, minor, weights):
    if not sum(weights):
        return
    money = Money(minor, currency)
    parts = money.split(weights)
    assert sum(parts, Money(0, currency)) == money
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(minor * weight, sum(weights))) < 1
        assert part.minor * minor >= 0
        assert weight or not part.minor


@given(currencies, minors, rates)
def test_percent_is_the_exact_share_half_up(currency, minor, rate):
    exact = Fraction(minor) * Fraction(rate) / 100
    assert Money(minor, currency).percent(rate).minor == half_up(exact)


def half_up(exact: Fraction) -> int:
    """Half away from zero, by fractions alone."""
    whole = (abs(exact) * 2 + 1) // 2
    return int(whole if exact >= 0 else -whole)


@given(st.text(max_size=40))
def test_any_text_is_a_plain_number_or_refused(text):
    try:
        value = parse_decimal(text)
    except BadAmount:
        return
    assert value.is_finite()
    assert format(value, "f").lstrip("-").strip("0").strip(".") in text
    assert set(text) <= set("-0123456789.")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15,
                   places=10))  # fmt: skip
def test_numbers_we_write_can_be_read(value):
    assert parse_decimal(format(value, "f")) == value


@given(st.text("-.0123456789+eE_, ٣²∞", max_size=34) | st.from_regex(r"-?[0-9]{0,22}(\.[0-9]*)?"))
def test_a_decimal_is_one_of_its_grammar_and_nothing_else(text):
    """What passes the checks is a number that Decimal takes as it stands."""
    told = re.fullmatch(r"-?([0-9]{1,20})(\.([0-9]{1,10}))?", text)
    if told:
        assert parse_decimal(text) == Decimal(text)
    else:
        with pytest.raises(BadAmount):
            parse_decimal(text)
