"""Money by example; the rules over all currencies are in `properties`."""

from decimal import Decimal

import pytest

from counterfoil.kernel.money import (
    BadAmount,
    Money,
    UnknownCurrency,
    exponent,
    parse_decimal,
    round_half_up,
)


@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("JPY", 0), ("BHD", 3), ("KWD", 3), ("CLF", 4), ("ISK", 0)]
)
def test_exponents(currency, digits):
    assert exponent(currency) == digits


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "XAU", "E1R", "978", " EUR"])
def test_what_is_no_currency(currency):
    with pytest.raises(UnknownCurrency):
        exponent(currency)


def test_only_whole_minor_units():
    for wrong in (1.0, "1", Decimal(1), True):
        with pytest.raises(TypeError):
            Money(wrong, "EUR")


def test_nothing_is_an_amount_of_no_currency():
    with pytest.raises(UnknownCurrency):
        Money(1, "XAU")


def test_currencies_do_not_mix():
    euro, dollar = Money(1, "EUR"), Money(1, "USD")
    for mixed in (
        lambda: euro + dollar, lambda: euro - dollar, lambda: euro < dollar, lambda: euro <= dollar
    ):  # fmt: skip
        with pytest.raises(TypeError):
            mixed()
    assert euro != dollar


def test_money_does_not_multiply_or_divide():
    for wrong in (lambda: Money(1, "EUR") * 2, lambda: Money(1, "EUR") / 2):
        with pytest.raises(TypeError):
            wrong()


def test_too_much_is_refused():
    assert Money(10**15, "EUR").minor == 10**15
    for wrong in (10**15 + 1, -(10**15) - 1):
        with pytest.raises(BadAmount):
            Money(wrong, "EUR")


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("2.5", 0, "3"),
        ("1.005", 2, "1.01"),
        ("1.0049", 2, "1.00"),
    ],
)
def test_a_half_goes_away_from_zero(value, digits, expected):
    assert str(round_half_up(Decimal(value), digits)) == expected


@pytest.mark.parametrize(
    ("currency", "value", "minor"),
    [("EUR", "12.50", 1250), ("JPY", "12", 12), ("BHD", "1.234", 1234), ("EUR", "-0.01", -1)],
)
def test_exact_decimals(currency, value, minor):
    assert Money.of_decimal(Decimal(value), currency) == Money(minor, currency)


@pytest.mark.parametrize(("currency", "value"), [("EUR", "0.001"), ("JPY", "0.5"), ("EUR", "NaN"),
                                                 ("EUR", "Infinity")])  # fmt: skip
def test_more_decimals_than_the_currency_has_are_refused(currency, value):
    with pytest.raises(BadAmount):
        Money.of_decimal(Decimal(value), currency)


def test_decimals_are_those_of_the_currency():
    assert [str(Money(1500, c).decimal) for c in ("JPY", "EUR", "BHD")] == [
        "1500",
        "15.00",
        "1.500",
    ]


def test_split_gives_the_cent_to_the_largest_remainder():
    assert [part.minor for part in Money(100, "EUR").split([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in Money(100, "EUR").split([1, 2, 4])] == [14, 29, 57]
    assert [part.minor for part in Money(-100, "EUR").split([1, 1, 1])] == [-34, -33, -33]
    assert [part.minor for part in Money(7, "EUR").split([0, 1])] == [0, 7]


@pytest.mark.parametrize("weights", [[], [0], [1, -1], [2, -1]])
def test_weights_that_split_nothing(weights):
    with pytest.raises(ValueError, match="weights"):
        Money(1, "EUR").split(weights)


@pytest.mark.parametrize(
    "text", ["0", "12", "-12", "12.50", "-0.5", "007", "0." + "1" * 10, "1" * 20]
)
def test_plain_numbers(text):
    assert parse_decimal(text) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", ".5", "5.", "+5", "--5", "1e5", "1,5", " 5", "5 ", "NaN", "Infinity", "0x1",
     "1_000", "١٢", "１２", "1.٢", "²", "1" * 21, "0." + "1" * 11, "5\n", "1.-5", "\u22125"],
)  # fmt: skip
def test_what_is_no_plain_number(text):
    with pytest.raises(BadAmount):
        parse_decimal(text)
