"""Amounts and dates are read as they are meant, or not at all."""

from datetime import date
from decimal import Decimal

import pytest

from counterfoil.flows.importing.values import Manner, Reader, Unreadable, manner_of

PLAIN = [
    ("12", "12"), ("12.5", "12.5"), ("12,5", "12.5"), ("-12.50", "-12.50"), ("(12.50)", "-12.50"),
    ("12.50-", "-12.50"), ("$1,020.00", "1020.00"), ("$-142.85", "-142.85"),
    ("€ 1.234,56", "1234.56"),
    ("1 234,56", "1234.56"), ("1'234.50", "1234.50"), ("CHF 10.05", "10.05"), ("−3", "-3"),
    ("1,234,567", "1234567"), ("0.001", "0.001"), ("+7", "7"), ("10.00000000", "10.00000000"),
]  # fmt: skip
WRONG = [
    "",
    "abc",
    "1.2.3,4",
    "12.34.56",
    "1,2,3",
    "--1",
    "1e5",
    "NaN",
    "١٢",
    "12 apples",
    "1,23,456",
]


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_a_number_that_says_it_all(text, value):
    assert Reader(Manner()).number(text) == Decimal(value)


@pytest.mark.parametrize("text", WRONG)
def test_no_number(text):
    with pytest.raises(Unreadable, match="not a number"):
        Reader(Manner()).number(text)


def test_a_number_that_could_be_two_is_never_guessed():
    with pytest.raises(Unreadable, match="two ways"):
        Reader(Manner()).number("1,020")
    assert Reader(Manner(decimal_mark=".")).number("1,020") == 1020
    assert Reader(Manner(decimal_mark=",")).number("1,020") == Decimal("1.020")


def test_the_file_tells_its_decimal_mark():
    assert manner_of(["1,020", "3,50"], []).decimal_mark == ","
    assert manner_of(["1,020", "3.50"], []).decimal_mark == "."
    assert manner_of(["3,50", "3.50"], []).decimal_mark == ""
    assert manner_of(["1,020"], [], known_mark=".").decimal_mark == "."


@pytest.mark.parametrize(
    "text",
    ["2021-01-28", "2021-01-28 08:26:00", "2021-01-28T08:26:00Z", "28.01.2021", "28/01/2021",
     "01/28/2021", "Jan 28 2021", "28 Jan 2021", "January 28, 2021"],
)  # fmt: skip
def test_a_day(text):
    assert Reader(Manner()).day(text) == date(2021, 1, 28)


@pytest.mark.parametrize("text", ["", "soon", "2021-13-01", "31.02.2021", "28/01/21", "20210128"])
def test_no_day(text):
    with pytest.raises(Unreadable):
        Reader(Manner()).day(text)


def test_day_and_month_are_told_apart_by_the_file_or_not_at_all():
    with pytest.raises(Unreadable, match="told apart"):
        Reader(Manner()).day("03/04/2021")
    assert Reader(manner_of([], ["03/04/2021", "28/01/2021"])).day("03/04/2021").month == 4
    assert Reader(manner_of([], ["03/04/2021", "01/28/2021"])).day("03/04/2021").month == 3
    assert manner_of([], ["28/01/2021", "01/28/2021"]).day_first is None
