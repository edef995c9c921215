"""What readers of statements share: amounts that are exact, texts that are plain, names of days."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.kernel.money import MINOR_MAX, BadAmount, Money, UnknownCurrency
from counterfoil.kernel.ports.banks import BankAccount, StatementRefused
from counterfoil.kernel.statements import (
    BadDay,
    account_of,
    beginning,
    calendar_day,
    count_of,
    decode,
    exact_amount,
    known_currency,
    plain,
    shown,
    spoken,
    spoken_minor,
)


@pytest.mark.parametrize(
    ("text", "currency", "mark", "minor"),
    [("10", "EUR", ".", 1000), ("10.", "EUR", ".", 1000), ("-10.5", "EUR", ".", -1050),
     ("+0,05", "EUR", ",", 5), (".5", "EUR", ".", 50), ("10.500000", "EUR", ".", 1050),
     ("10,", "CHF", ",", 1000), ("1000", "JPY", ".", 1000), ("1000.0", "JPY", ".", 1000),
     ("1.234", "BHD", ".", 1234), ("000000000000001,62", "EUR", ",", 162)],
)  # fmt: skip
def test_amounts(text, currency, mark, minor):
    assert exact_amount(text, currency, mark=mark) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("", "EUR"), (".", "EUR"), ("-", "EUR"), ("1,00", "EUR"), ("1 000", "EUR"), ("1e3", "EUR"),
     ("NaN", "EUR"), ("١", "EUR"), ("１", "EUR"), ("--1", "EUR"), ("1.005", "EUR"), ("0.5", "JPY"),
     ("9" * 16, "EUR"), (str(MINOR_MAX), "EUR"), ("1.00\n", "EUR")],
)  # fmt: skip
def test_what_is_no_amount_of_a_currency(text, currency):
    with pytest.raises(BadAmount):
        exact_amount(text, currency)


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["EUR", "JPY", "BHD", "CLF"]))
def test_every_amount_is_read_as_it_is_written(minor, currency):
    money = Money(minor, currency)
    assert exact_amount(str(money.decimal), currency) == money
    assert spoken(money) == f"{money.decimal} {currency}" == spoken_minor(minor, currency)


@given(st.text())
def test_any_text_is_an_amount_or_refused(text):
    with suppress(BadAmount):
        assert exact_amount(text, "EUR").decimal == Decimal(text)


@pytest.mark.parametrize("text", ["DEM", "XYZ", "eur", "1", "EURO"])
def test_currencies_of_the_past_are_named(text):
    with pytest.raises(UnknownCurrency, match=f"“{text}” is no currency in use"):
        known_currency(text)
    with pytest.raises(UnknownCurrency, match="does not say its currency"):
        known_currency("")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Zoë".encode(), "Zoë"),
        ("Zoë".encode("utf-8-sig"), "Zoë"),
        ("Zoë".encode("utf-16"), "Zoë"),
        ("<Zoë".encode("utf-16-le"), "<Zoë"),
        ("<Zoë".encode("utf-16-be"), "<Zoë"),
        ("Zoë €".encode("cp1252"), "Zoë €"),
    ],
)
def test_letters_by_mark_or_by_what_fits(content, text):
    assert decode(content, "utf-8", "cp1252") == text
    assert beginning(content, 100) in (text, content.decode("latin-1"))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a\x00b", b"\xef\xbb\xbf\xff"])
def test_letters_that_do_not_fit_are_refused(content):
    with pytest.raises(StatementRefused, match="can't be read"):
        decode(content, "utf-8", "cp1252")


@pytest.mark.parametrize(
    ("text", "bare"), [(" a\t b\r\n c ", "a b c"), ("a\x00\x1fb\x85", "a b"), (None, ""), ("", "")]
)
def test_plain_text_is_one_line(text, bare):
    assert plain(text) == bare


def test_long_text_is_quoted_short():
    assert shown("x" * 61) == f"“{'x' * 60}…”"
    assert shown("x\ny") == "“x y”"


def test_days_of_the_calendar_only():
    assert calendar_day(2024, 2, 29) == date(2024, 2, 29)
    with pytest.raises(BadDay, match="no day 2026-02-30"):
        calendar_day(2026, 2, 30)
    with pytest.raises(BadDay):
        calendar_day(0, 1, 1)


def test_accounts_by_their_check_digits():
    right = "DE89 3704 0044 0532 0130 00"
    assert account_of(right, " X ") == BankAccount(iban="DE89370400440532013000", bank="X")
    assert account_of("DE88 3704") == BankAccount(number="DE88 3704")


@pytest.mark.parametrize(
    ("text", "count"), [("7", 7), ("007", 7), ("", None), ("9" * 10, None), ("٣", None)]
)
def test_counts_that_a_bank_gives(text, count):
    assert count_of(text) == count
