"""Amounts as people type them, in the reader's language; what is unclear is asked again."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.kernel.errors import FieldProblem
from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui.amounts import typed, typed_amount

READ = [
    ("en", "12.50", 1250), ("en", "12,50", 1250), ("en", "12", 1200), ("en", "12.5", 1250),
    ("en", "1,234.56", 123456), ("en", "1.234,56", 123456), ("en", "1234.56", 123456),
    ("en", "1,234", 123400), ("en", "1,234,567", 123456700), ("en", "1.234.567", 123456700),
    ("en", "€12.50", 1250), ("en", "12.50 €", 1250), ("en", "EUR 12.50", 1250),
    ("en", "12.50 eur", 1250), ("en", "  12.50  ", 1250), ("en", ".50", 50), ("en", "0.5", 50),
    ("en", "1 234.56", 123456), ("en", "1\u202f234,56", 123456), ("en", "1'234.50", 123450),
    ("en", "1’234.50", 123450), ("en", "\u200e12.50", 1250), ("en", "007", 700),
    ("de", "12,50", 1250), ("de", "12.50", 1250), ("de", "1.234,56", 123456),
    ("de", "1.234", 123400), ("de", "1.234 €", 123400), ("de", "1,234.56", 123456),
    ("ar", "١٢٫٥٠", 1250), ("ar", "١٬٢٣٤٫٥٠", 123450), ("ar", "12.50", 1250),
]  # fmt: skip
REFUSED = [
    ("en", "", "required"), ("en", "   ", "required"),
    ("en", "1.234", "unclear_amount"), ("de", "1,234", "unclear_amount"),
    ("en", "12 50", "unclear_amount"), ("en", "1,23,456.00", "unclear_amount"),
    ("en", "12,34.50", "unclear_amount"), ("en", "1.2.3", "unclear_amount"),
    ("en", "12.50.", "unclear_amount"), ("en", "0,234", "too_many_decimals"),
    ("en", "12.3456", "too_many_decimals"), ("en", "1,234.567", "too_many_decimals"),
    ("en", "-5", "not_positive"), ("en", "− 5", "not_positive"),
    ("en", "$12.50", "other_currency"), ("en", "12.50 CHF", "other_currency"),
    ("en", "12.50chf", "other_currency"), ("en", "£ 5", "other_currency"),
    ("en", "twelve", "not_an_amount"), ("en", "abc", "not_an_amount"),
    ("en", "all", "not_an_amount"), ("en", "1e5", "not_an_amount"),
    ("en", "+5", "not_an_amount"), ("en", "€", "not_an_amount"),
    ("en", "99999999999999", "too_large"), ("en", "9" * 40, "too_large"),
    ("en", "5" * 100, "too_long"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "minor"), READ)
def test_what_is_clear_is_read(language, text, minor):
    with override(language):
        assert typed_amount(text, "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(("language", "text", "code"), REFUSED)
def test_what_is_not_clear_is_asked_again(language, text, code):
    with override(language), pytest.raises(FieldProblem) as refusal:
        typed_amount(text, "EUR")

    assert (refusal.value.field, refusal.value.code) == ("amount", code)


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [
        ("JPY", "1,234", 1234),
        ("JPY", "¥1,234", 1234),
        ("BHD", "1.234", 1234),
        ("BHD", "12.5", 12500),
    ],
)
def test_currencies_of_other_decimals(currency, text, minor):
    with override("en"):
        assert typed_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(("currency", "text"), [("BHD", "1,234"), ("JPY", "1.234"), ("JPY", "5.5")])
def test_other_decimals_make_other_doubts(currency, text):
    with override("en"), pytest.raises(FieldProblem) as refusal:
        typed_amount(text, currency)

    assert refusal.value.code in ("unclear_amount", "too_many_decimals")


@given(
    minor=st.integers(1, 10**13),
    currency=st.sampled_from(["EUR", "JPY", "BHD", "USD"]),
    language=st.sampled_from(["en", "de", "ar"]),
)
def test_what_a_field_holds_is_read_back(minor, currency, language):
    value = Money(minor, currency)
    with override(language):
        assert typed_amount(typed(value), currency) == value
