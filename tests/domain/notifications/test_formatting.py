"""Amounts in the language of a mail."""

import pytest
from babel import Locale

from counterfoil.domain.notifications import formatting
from counterfoil.kernel.money import Money

RLM, LRM = "\u200f", "\u200e"


@pytest.mark.parametrize(
    ("language", "minor", "currency", "written"),
    [
        ("en", -120, "EUR", "-€1.20"),
        ("en", 120, "CHF", "CHF\u00a01.20"),
        ("ar", 120, "EUR", f"{RLM}1.20\u00a0€"),
        ("ar", -120, "EUR", f"{RLM}{LRM}-1.20\u00a0€"),
        ("ar", 120, "USD", f"{RLM}1.20\u00a0{RLM}{LRM}US${LRM}"),
    ],
)
def test_sign_and_symbol_stay_where_they_are_read(
    language: str, minor: int, currency: str, written: str
) -> None:
    assert formatting.money(Money(minor, currency), Locale.parse(language)) == written
