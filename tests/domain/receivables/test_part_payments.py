"""How little may be paid of what is due, when a word is asked for, and how an invoice stands."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from counterfoil.domain.receivables.part_payments import check_amount, check_note, floor_of
from counterfoil.domain.receivables.standing import standing
from counterfoil.kernel.errors import FieldProblem
from counterfoil.kernel.money import Money

DUE = Money(10_000, "EUR")
TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("due", "floor", "least"),
    [
        (DUE, "10", Money(1_000, "EUR")),
        (DUE, "10.001", Money(1_001, "EUR")),
        (DUE, "250", DUE),
        (DUE, "0", Money(0, "EUR")),
        (Money(500, "JPY"), "10.2", Money(11, "JPY")),
        (Money(50_000, "BHD"), "10.2", Money(10_200, "BHD")),
    ],
)
def test_the_least_that_may_be_paid(due, floor, least):
    assert floor_of(due, Decimal(floor)) == least


@pytest.mark.parametrize(
    ("minor", "floor", "code"),
    [(0, "0", "not_positive"), (-1, "0", "not_positive"), (1, "0", None),
     (999, "10", "below_floor"), (1_000, "10", None), (10_000, "250", None),
     (9_999, "250", "below_floor"), (20_000, "10", None)],
)  # fmt: skip
def test_nothing_and_too_little_are_refused_and_more_is_taken(minor, floor, code):
    amount, least = Money(minor, "EUR"), floor_of(DUE, Decimal(floor))
    if code is None:
        check_amount(amount, DUE, Decimal(floor), field="amount")
        return
    with pytest.raises(FieldProblem) as refused:
        check_amount(amount, DUE, Decimal(floor), field="amount")
    assert (refused.value.field, refused.value.code) == ("amount", code)
    assert refused.value.facts.get("least") == (least if code == "below_floor" else None)


def test_a_part_needs_a_word_of_why():
    check_note(DUE, DUE, "")
    check_note(Money(1, "EUR"), DUE, "so far")
    with pytest.raises(FieldProblem) as refused:
        check_note(Money(9_999, "EUR"), DUE, "")
    assert (refused.value.field, refused.value.code) == ("note", "note_needed")


@pytest.mark.parametrize(
    ("state", "opened", "covered", "due", "lost", "expected"),
    [
        ("voided", 0, 0, TODAY - DAY, 0, "void"),
        ("draft", 100, 0, TODAY - DAY, 0, "draft"),
        ("issued", 0, 100, TODAY - DAY, 0, "paid"),
        ("issued", 40, 60, TODAY - DAY, 40, "uncollectible"),
        ("issued", 40, 60, TODAY - DAY, 39, "overdue"),
        ("issued", 40, 60, TODAY, 0, "part_paid"),
        ("issued", 1, 60, TODAY, 0, "part_paid"),
        ("issued", 100, 0, TODAY, 0, "open"),
        ("issued", 100, 0, None, 0, "open"),
    ],
)
def test_how_an_invoice_stands(state, opened, covered, due, lost, expected):
    found = standing(
        state, open_minor=opened, covered_minor=covered, due_date=due, today=TODAY,
        written_off_minor=lost,
    )  # fmt: skip
    assert found == expected
    if not lost:
        plain = standing(
            state, open_minor=opened, covered_minor=covered, due_date=due, today=TODAY
        )  # fmt: skip
        assert plain == expected
