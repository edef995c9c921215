"""Mobile numbers as they are typed, and as they are kept."""

import pytest

from counterfoil.kernel.phones import cleaned, ending


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+447700900123", "+447700900123"),
        (" +44 7700 900-123 ", "+447700900123"),
        ("+49 (0)171 / 123.456.7", "+491711234567"),
        ("0049 171 1234567", "+491711234567"),
        ("+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧", "+966501234567"),
        ("\u2066+966\u00a050\u2010123 4567\u2069", "+966501234567"),
    ],
)
def test_a_number_is_cleaned(typed, number):
    assert cleaned(typed) == number


@pytest.mark.parametrize(
    "typed",
    ["", "+", "07700 900123", "+0447700900123", "+4477009", "+4477009001234567", "++447700900123",
     "+44 7700 900123 ext 4", "+44770090O123", "tel:+447700900123", "+44\n7700900123\nBcc: x",
     "+" + "1" * 100, "²+447700900123"],
)  # fmt: skip
def test_what_is_no_number_of_a_country_is_none(typed):
    assert cleaned(typed) == ""


def test_only_the_end_is_told():
    assert ending("+447700900123") == "123"
    assert ending("") == ""
