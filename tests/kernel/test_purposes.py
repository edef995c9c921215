"""What a charge says it is for is written and read back."""

import pytest

from counterfoil.kernel.purposes import LONGEST, Purpose, read, told

MANY = [f"HW-2026-{number:05}" for number in range(40)]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([], ""),
        (["HW-7"], "HW-7"),
        (["HW-7", "HW-12"], "HW-7, HW-12"),
        (["X" * (LONGEST + 1)], ""),
        (["X" * LONGEST], "X" * LONGEST),
    ],
)
def test_the_numbers_of_invoices(numbers, text):
    assert told(numbers) == text


@pytest.mark.parametrize("count", [40, 39])
def test_as_many_as_there_is_room_for(count):
    many = MANY[:count]
    text = told(many)

    assert text.startswith("HW-2026-00000, HW-2026-00001, ")
    assert len(text) <= LONGEST < len(text) + len(", HW-2026-00007")
    found = read(text)
    assert (*found.numbers, *many[-found.more :]) == tuple(many)


@pytest.mark.parametrize("numbers", [["HW-7"], ["HW-7", "HW-12"], ["A +1b", "C"], []])
def test_what_was_told_is_read(numbers):
    assert read(told(numbers)) == Purpose(tuple(numbers))


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("", Purpose()),
        ("  +", Purpose(("  +",))),
        ("+3", Purpose(("+3",))),
        ("3", Purpose(("3",))),
        (", ,", Purpose((",",))),
        ("x +٣", Purpose(("x +٣",))),
        ("x +²", Purpose(("x +²",))),
        ("x +3", Purpose(("x",), 3)),
        ("pay_1", Purpose(("pay_1",))),
        ("a, " * 2000, Purpose(("a",) * 2000)),
    ],
)
def test_other_words_are_harmless(text, purpose):
    assert read(text) == purpose
