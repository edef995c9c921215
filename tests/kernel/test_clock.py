"""A moment's date depends on where one asks."""

from datetime import UTC, date, datetime

import pytest

from counterfoil.kernel.clock import local_date, now


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", date(2026, 3, 29)), ("Pacific/Auckland", date(2026, 3, 29)),
     ("America/New_York", date(2026, 3, 28)), ("Pacific/Kiritimati", date(2026, 3, 29))],
)  # fmt: skip
def test_local_date(zone, expected):
    assert local_date(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), zone) == expected


def test_the_clock_speaks_utc():
    assert now().tzinfo is UTC
