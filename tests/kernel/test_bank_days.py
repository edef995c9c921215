"""On which days banks move money, and by when a debit is known to be paid."""

from datetime import date, timedelta

import pytest

from counterfoil.kernel.bank_days import (
    debit_comes_from,
    debit_is_known_by,
    easter,
    is_target_day,
)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1818, date(1818, 3, 22)),  # the earliest that there is
        (1943, date(1943, 4, 25)),  # the latest
        (2000, date(2000, 4, 23)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2049, date(2049, 4, 18)),
        (2076, date(2076, 4, 19)),
    ],
)
def test_easter(year, sunday):
    assert easter(year) == sunday


def by_epacts(year):
    """Another way to it: the tables of Lilius and Clavius (Knuth, TAOCP 1.3.2, exercise 14)."""
    golden, century = year % 19 + 1, year // 100 + 1
    no_leap, moon = 3 * century // 4 - 12, (8 * century + 5) // 25 - 5
    epact = (11 * golden + 20 + moon - no_leap) % 30
    epact += epact == 24 or (epact == 25 and golden > 11)
    full = 44 - epact if epact < 24 else 74 - epact
    sunday = full + 7 - (5 * year // 4 - no_leap - 10 + full) % 7
    return date(year, 3, 1) + timedelta(days=sunday - 1)


def test_easter_of_many_years():
    years = range(1583, 5000)
    assert [easter(year) for year in years] == [by_epacts(year) for year in years]


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2025, [(1, 1), (4, 18), (4, 21), (5, 1), (12, 25), (12, 26)]),
        (2026, [(1, 1), (4, 3), (4, 6), (5, 1), (12, 25)]),
    ],
)
def test_the_days_on_which_no_euro_moves(year, days):
    whole = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    closed = [day for day in whole if day.weekday() < 5 and not is_target_day(day)]
    assert closed == [date(year, month, day) for month, day in days]


@pytest.mark.parametrize(
    ("currency", "handed_in", "first", "last"),
    [
        ("EUR", date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 11)),
        ("EUR", date(2026, 4, 2), date(2026, 4, 7), date(2026, 4, 15)),  # over Easter
        ("EUR", date(2026, 3, 7), date(2026, 3, 10), date(2026, 3, 18)),  # on a Saturday
        ("EUR", date(2026, 12, 23), date(2026, 12, 24), date(2027, 1, 5)),
        ("USD", date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 12)),
        ("GBP", date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 11)),
    ],
)
def test_by_when_a_debit_is_known(currency, handed_in, first, last):
    assert debit_comes_from(currency, handed_in) == first
    assert debit_is_known_by(currency, handed_in) == last


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP"])
def test_an_account_is_never_debited_on_the_day_of_the_mail(currency):
    """What the mandates promise: told at least one day before."""
    for n in range(800):
        day = date(2026, 1, 1) + timedelta(days=n)
        assert debit_comes_from(currency, day) > day


def test_a_currency_without_a_scheme_has_no_day():
    assert debit_is_known_by("JPY", date(2026, 3, 2)) is None
