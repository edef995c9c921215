"""What a document may be made from: every wrong field is named, at once."""

from datetime import date
from decimal import Decimal

import pytest

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import (
    LINES_MAX,
    NewCreditNote,
    NewInvoice,
    checked_sums,
    clean_text,
)
from counterfoil.kernel.errors import InvalidInput
from counterfoil.kernel.ids import new_id
from factories.invoices import line

ALICE = new_id()


def problems(new):
    with pytest.raises(InvalidInput) as caught:
        checked_sums(new)
    return {one.field: one.code for one in caught.value.problems}


def invoice(*lines, currency="EUR", **more):
    return NewInvoice(ALICE, currency, lines or (line(),), **more)


def number(text, **more):
    return LineInput("Water", Decimal(more.pop("quantity", "1")), Decimal(text), **more)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (invoice(currency="XXX"), {"currency": "unknown_currency"}),
        (NewInvoice(ALICE, "EUR", ()), {"lines": "required"}),
        (NewInvoice(ALICE, "EUR", (line(),) * (LINES_MAX + 1)), {"lines": "too_many"}),
        (invoice(LineInput(" \n", Decimal(1), Decimal(1))), {"lines.0.description": "required"}),
        (invoice(LineInput("x" * 2001, Decimal(1), Decimal(1))),
         {"lines.0.description": "too_long"}),
        (invoice(line(quantity="0")), {"lines.0.quantity": "not_positive"}),
        (invoice(line(quantity="-1")), {"lines.0.quantity": "not_positive"}),
        (invoice(line("-0.01")), {"lines.0.unit_price": "not_positive"}),
        (invoice(line("NaN")), {"lines.0.unit_price": "not_a_number"}),
        (invoice(line("Infinity")), {"lines.0.unit_price": "not_a_number"}),
        (invoice(line("sNaN")), {"lines.0.unit_price": "not_a_number"}),
        (invoice(line("1e12")), {"lines.0.unit_price": "too_large"}),
        (invoice(line("0.0000001")), {"lines.0.unit_price": "too_many_decimals"}),
        (invoice(line(tax="100.1")), {"lines.0.tax_rate": "not_a_percentage"}),
        (invoice(line(tax="-1")), {"lines.0.tax_rate": "not_a_percentage"}),
        (invoice(line(off="NaN")), {"lines.0.discount_percent": "not_a_percentage"}),
        (invoice(line(tax="5.00001")), {"lines.0.tax_rate": "too_many_decimals"}),
        (invoice(discount_percent=Decimal(101)), {"discount_percent": "not_a_percentage"}),
        (invoice(notes="x" * 5001), {"notes": "too_long"}),
        (invoice(external_ref="x" * 121), {"external_ref": "too_long"}),
        (invoice(due_date=date(2026, 4, 1), terms_days=3), {"terms_days": "invalid"}),
        (invoice(terms_days=-1), {"terms_days": "invalid"}),
        (invoice(terms_days=3651), {"terms_days": "invalid"}),
        (invoice(line("999999999999", quantity="999999")), {"lines": "bad_amount"}),
        (invoice(line("-1"), line(quantity="0")),
         {"lines.0.unit_price": "not_positive", "lines.1.quantity": "not_positive"}),
        (NewCreditNote(ALICE, "EUR", (line("0"),)), {"lines": "not_positive"}),
    ],
)  # fmt: skip
def test_every_wrong_field_is_named(new, expected):
    assert problems(new) == expected


@pytest.mark.parametrize(
    "new",
    [
        invoice(line("0")),
        invoice(line("0.000001", quantity="999999.999999")),
        invoice(line(tax="100", off="100")),
        invoice(terms_days=0),
        invoice(line("1.50e1")),
        invoice(line(tax="5.500000")),
    ],
)
def test_what_is_good_is_taken(new):
    assert checked_sums(new).total.minor >= 0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Water \r\n bill\r", "Water \n bill"),
        ("a\x00b\x07c\tz", "abc\tz"),
        ("e\u0301", "\u00e9"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("\u0645\u200f\u0631", "\u0645\u200f\u0631"),
    ],
)
def test_texts_are_cleaned(text, kept):
    assert clean_text(text) == kept
