"""Number formats: what can number, and what is refused before it does."""

from datetime import date

import pytest

from counterfoil.domain.billing.series import BadFormat, check_format, number_text

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("HW-{year}-{number:05}", "HW-2026-00007"),
        ("{number}", "7"),
        ("{year}/{number}", "2026/7"),
        ("{number}/{year}", "7/2026"),
        ("FV/{year}/{number:03}", "FV/2026/007"),
    ],
)
def test_numbers_are_filled_in(template, text):
    check_format(template)
    assert number_text(template, 7, on=DAY) == text


@pytest.mark.parametrize(
    "template",
    ["", "INV", "{year}", "{number", "{nothing}{number}", "{}{number}", "{number:z}",
     "{number.x}", "{number[0]}", "{number:090}", "x" * 80 + "{number}",
     "/{number}", "{number}/", "INV//{number}", "../{number}", "./{number}", "{number}/pay"],
)  # fmt: skip
def test_what_can_not_number_is_refused(template):
    with pytest.raises(BadFormat):
        check_format(template)
