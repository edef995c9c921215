"""Amounts, rates and dates in each language, exact and with the currency's own decimals."""

from datetime import UTC, date, datetime

import pytest

from counterfoil.domain.documents.formats import Formats
from counterfoil.kernel.money import UnknownCurrency

RLM, LRM = "\u200f", "\u200e"


@pytest.mark.parametrize(
    ("locale", "currency", "minor", "text"),
    [
        ("en", "EUR", 123456, "€1,234.56"),
        ("en", "EUR", -50, "−€0.50"),
        ("en", "JPY", 1234, "¥1,234"),
        ("en", "BHD", 1234567, "BHD\u00a01,234.567"),
        ("en", "MGA", 150, "MGA\u00a01.50"),
        ("de", "EUR", 123456, "1.234,56\u00a0€"),
        ("de", "JPY", 1234, "1.234\u00a0¥"),
        ("de", "BHD", 1, "0,001\u00a0BHD"),
        ("de_AT", "EUR", 123456, "€\u00a01.234,56"),
        ("ar", "EUR", 123456, f"{RLM}1,234.56\u00a0€"),
        ("ar", "EUR", -5, f"{RLM}{LRM}−0.05\u00a0€"),
        ("ar", "BHD", 1234567, f"{RLM}1,234.567\u00a0د.ب.{RLM}"),
        ("ar_EG", "JPY", 1234, f"{RLM}1,234\u00a0{RLM}{LRM}JP¥{LRM}"),
        ("ar", "USD", -5, f"{RLM}{LRM}−0.05\u00a0{RLM}{LRM}US${LRM}"),
    ],
)
def test_money_has_its_currency_and_its_decimals(
    locale: str, currency: str, minor: int, text: str
) -> None:
    assert Formats(locale, currency).money(minor) == text


@pytest.mark.parametrize(
    ("price", "text"),
    [
        ("2.1840", "€2.1840"),
        ("12", "€12.00"),
        ("0.00001", "€0.00001"),
        ("12345678901234567890.0123456789", "€12,345,678,901,234,567,890.0123456789"),
    ],
)
def test_a_unit_price_keeps_its_own_decimals(price: str, text: str) -> None:
    assert Formats("en", "EUR").unit_price(price) == text


def test_a_quantity_keeps_every_digit() -> None:
    exact = "12,345,678,901,234,567,890.0123456789"
    assert Formats("en", "EUR").quantity("12345678901234567890.0123456789") == exact


@pytest.mark.parametrize(
    ("locale", "rate", "text"),
    [("en", "5.5", "5.5%"), ("de", "19.00", "19\u00a0%"), ("ar", "20", "20%"), ("en", "0", "0%")],
)
def test_a_rate_is_already_percent(locale: str, rate: str, text: str) -> None:
    assert Formats(locale, "EUR").percent(rate) == text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "4 March 2026"),
        ("en-US", "March 4, 2026"),
        ("de", "4. März 2026"),
        ("ar", "4 مارس 2026"),
        ("fr", "4 March 2026"),
        ("not a locale", "4 March 2026"),
    ],
)
def test_a_date_names_its_month(locale: str, text: str) -> None:
    assert Formats(locale, "EUR").date(date(2026, 3, 4)) == text


@pytest.mark.parametrize(
    ("locale", "zone", "text"),
    [
        ("en", "Europe/Paris", "21 November 2026, 10:42 CET"),
        ("de", "Europe/Berlin", "21. November 2026, 10:42 Uhr CET"),
        ("en_US", "America/New_York", "November 21, 2026, 4:42 AM EST"),
        ("ar", "Asia/Bahrain", "21 نوفمبر 2026، 12:42 UTC+03"),
    ],
)
def test_a_moment_is_told_in_its_zone(locale: str, zone: str, text: str) -> None:
    assert Formats(locale, "EUR").moment(datetime(2026, 11, 21, 9, 42, tzinfo=UTC), zone) == text


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        Formats("en", "XAU")
