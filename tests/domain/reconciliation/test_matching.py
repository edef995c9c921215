"""What a line names, and what becomes of it: pure decisions."""

from datetime import date
from uuid import UUID

import pytest

from counterfoil.domain.reconciliation.matching import decide, keys_of, known
from counterfoil.domain.reconciliation.rows import NamedItem, NewLine
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import BankLine
from counterfoil.kernel.references import make_creditor_reference, reference_of

RF = make_creditor_reference("INV1")
ALICE, BOB = UUID(int=1), UUID(int=2)


def item(number="INV-1", *, customer=ALICE, minor=10_000, due=1, currency="EUR", ref=RF):
    return NamedItem(
        id=UUID(int=hash(number) & 0xFFFF_FFFF),
        customer_id=customer,
        number=number,
        creditor_ref=ref if number == "INV-1" else "",
        qr_ref="",
        currency=currency,
        due_date=date(2026, 4, due),
        open_minor=minor,
        due_minor=minor,
    )


def line(minor=10_000, text="", reference="", **more):
    said = BankLine(
        ref="r", place=1, booked_date=date(2026, 3, 2), value_date=None,
        amount=Money(minor, "EUR"), remittance=text,
        reference=reference_of(reference) if reference else None, **more,
    )  # fmt: skip
    return NewLine(UUID(int=9), UUID(int=8), said)


def decided(one, *items):
    (found,) = decide([one], known(items))
    return found.state, found.problem, [minor for _, minor in found.parts]


def test_reference_beats_the_text():
    there = [item(), item("INV-2", customer=BOB)]
    assert decided(line(text="INV-2", reference=RF), *there) == ("settled", None, [10_000])


@pytest.mark.parametrize("text", ["INV-1", "inv-1,", "pays(INV-1)", "RE:INV-1", "INV-1+INV-9"])
def test_number_is_found_whole(text):
    assert decided(line(text=text), item()) == ("settled", None, [10_000])


@pytest.mark.parametrize("text", ["INV-12", "XINV-1", "INV 1", "1"])
def test_piece_of_a_number_is_none(text):
    assert decided(line(text=text), item()) == ("waiting", "no_reference", [])


def test_digits_alone_count_with_their_amount_only():
    assert decided(line(text="20260301"), item("20260301")) == ("settled", None, [10_000])
    assert decided(line(9_999, "20260301"), item("20260301")) == (
        "waiting", "weak_reference", []
    )  # fmt: skip


def test_earliest_due_is_covered_first_and_the_rest_is_left():
    first, second = item("INV-3", due=2, minor=4_000), item("INV-4", due=1, minor=7_000)
    assert decided(line(10_000, "INV-3 INV-4"), first, second)[2] == [7_000, 3_000]
    assert decided(line(12_000, "INV-3 INV-4"), first, second)[2] == [7_000, 4_000]


def test_paid_invoice_takes_nothing_and_settles_as_credit():
    assert decided(line(reference=RF), item(minor=0)) == ("settled", None, [])


def test_two_lines_cover_one_invoice_one_after_the_other():
    there = known([item()])
    found = decide([line(6_000, "INV-1"), line(6_000, "INV-1")], there)
    assert [[minor for _, minor in one.parts] for one in found] == [[6_000], [4_000]]


def test_what_waits_says_why():
    two = [item("INV-3"), item("INV-4", customer=BOB)]
    assert decided(line(text="INV-3 INV-4"), *two)[1] == "several_customers"
    assert decided(line(text="INV-1"), item(currency="USD"))[1] == "other_currency"
    assert decided(line(reference=RF))[1] == "unknown_reference"
    assert decided(line(-5))[:2] == ("aside", "outgoing")
    assert decided(line(5, is_reversal=True))[:2] == ("waiting", "reversal")


def test_end_to_end_reference_is_looked_through():
    assert "INV-7" in keys_of(line(end_to_end_ref="INV-7").line).numbers
