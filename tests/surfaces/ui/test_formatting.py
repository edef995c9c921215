from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui import formatting

DAY = date(2026, 11, 7)
MOMENT = datetime(2026, 11, 21, 9, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "minor", "currency", "written"),
    [
        ("en", 20355, "EUR", "€203.55"),
        ("en", 120355, "USD", "$1,203.55"),
        ("en", -500, "EUR", "-€5.00"),
        ("en", 1203, "JPY", "¥1,203"),
        ("en", 1203500, "BHD", "BHD\xa01,203.500"),
        ("de", 120355, "EUR", "1.203,55\xa0€"),
        ("fr", 120355, "EUR", "1\u202f203,55\xa0€"),
        ("ar", 120355, "EUR", "\u200f1,203.55\xa0€"),
        ("ar", -120355, "EUR", "\u200f\u200e-1,203.55\xa0€"),
        ("ar", 120355, "USD", "\u200f1,203.55\xa0\u200f\u200eUS$\u200e"),
        ("ar", -1203, "JPY", "\u200f\u200e-1,203\xa0\u200f\u200eJP¥\u200e"),
        ("xx", 20355, "EUR", "€203.55"),
    ],
)
def test_money_in_a_language(language: str, minor: int, currency: str, written: str) -> None:
    with translation.override(language):
        assert formatting.money(Money(minor, currency)).replace("BHD1", "BHD\xa01") == written


def test_money_follows_iso_where_cldr_differs() -> None:
    with translation.override("en"):
        assert formatting.money(Money(150000, "HUF")) == "HUF1,500.00".replace("HUF", "HUF")


@pytest.mark.parametrize(
    ("value", "written"),
    [("2.1840", "€2.1840"), ("18", "€18.00"), ("0.00012345", "€0.00012345"), ("1E+2", "€100.00")],
)
def test_unit_price_keeps_its_own_decimals(value: str, written: str) -> None:
    with translation.override("en"):
        assert formatting.unit_price(Decimal(value), "EUR") == written


def test_a_unit_price_keeps_its_symbol_in_one_piece_from_right_to_left() -> None:
    with translation.override("ar"):
        written = formatting.unit_price(Decimal("2.1840"), "USD")
    assert written == "\u200f2.1840\xa0\u200f\u200eUS$\u200e"


@pytest.mark.parametrize(
    ("language", "value", "written"),
    [("en", "5.5", "5.5%"), ("en", "20.00", "20%"), ("de", "5.5", "5,5\xa0%"), ("en", "0", "0%")],
)
def test_percent_without_padding(language: str, value: str, written: str) -> None:
    with translation.override(language):
        assert formatting.percent(Decimal(value)) == written


def test_quantity_without_padding() -> None:
    with translation.override("de"):
        assert formatting.quantity(Decimal("1042.60")) == "1.042,6"


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("en", "7 Nov 2026", "7 November 2026"),
        ("en-us", "Nov 7, 2026", "November 7, 2026"),
        ("de", "7.\u00a0Nov. 2026", "7.\u00a0November 2026"),
        ("ar", "7 نوفمبر 2026", "7 نوفمبر 2026"),
    ],
)
def test_dates_name_their_month(language: str, short: str, long: str) -> None:
    with translation.override(language):
        assert (formatting.day(DAY), formatting.day_long(DAY)) == (short, long)


@pytest.mark.parametrize(
    ("zone", "written", "day"),
    [
        ("Europe/Paris", "21 November 2026, 10:42", "21 Nov 2026"),
        ("Pacific/Kiritimati", "21 November 2026, 23:42", "21 Nov 2026"),
        ("Pacific/Pago_Pago", "20 November 2026, 22:42", "20 Nov 2026"),
    ],
)
def test_moment_in_the_active_zone(zone: str, written: str, day: str) -> None:
    with translation.override("en"), timezone.override(zone):
        assert (formatting.moment(MOMENT), formatting.moment_day(MOMENT)) == (written, day)


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening")],
)
def test_day_part_by_the_hour(hour: int, part: str) -> None:
    assert formatting.day_part(datetime(2026, 11, 21, hour, tzinfo=UTC)) == part
