"""After a restored backup no number is given twice: the series end, and marked ones go on."""

import pytest

from counterfoil.domain.billing.operations import begin_series_anew
from counterfoil.domain.billing.series import BadMark, UsedMark, marked
from counterfoil.domain.insights.proofs import prove
from ledger_text import counts


@pytest.mark.parametrize(
    ("template", "before", "new"),
    [
        ("INV-{year}-{number:05}", [], "INV-{year}-R261123-{number:05}"),
        ("INV-{year}-R250101-{number:05}", ["R250101"], "INV-{year}-R261123-{number:05}"),
        ("INV-{year}-B2-{number:05}", ["R250101", "B2"], "INV-{year}-R261123-{number:05}"),
        ("SUB2-{number}", ["B2"], "SUB2-R261123-{number}"),
        ("{number}/{year}", [], "R261123-{number}/{year}"),
        ("R261123-{number}", [], "R261123-R261123-{number}"),  # it was in the format before
        ("R261123-{number}", ["R261123"], "R261123-{number}"),
    ],
)
def test_the_mark_stands_before_the_number(template, before, new):
    assert marked(template, "R261123", before) == new
    assert marked(new, "R261123", [*before, "R261123"]) == new


@pytest.mark.parametrize("mark", ["", "R-1", "{number}", "a" * 11, "ä", "a b"])
def test_a_mark_is_letters_and_figures(business, mark):
    before = counts(business)
    with pytest.raises(BadMark):
        begin_series_anew(business, mark)
    assert counts(business) == before


def test_numbers_go_on_in_a_series_of_their_own_without_gaps(business, issued):
    first = [issued().number for _ in range(2)]

    formats = begin_series_anew(business, "R261123")

    second = [issued().number for _ in range(2)]
    assert set(formats) == {"invoice", "credit", "import"}
    assert [one.endswith(f"R261123-0000{n}") for n, one in enumerate(second, 1)] == [True, True]
    assert not {*first} & {*second}
    assert prove(business).holds

    assert begin_series_anew(business, "R261123") == formats
    assert issued().number.endswith("R261123-00003")
    assert prove(business).holds


def test_one_restore_after_another_leaves_one_mark_and_every_number_is_another(business, issued):
    numbers = [issued().number]
    for mark in ("R261123", "B2", "C3"):
        begin_series_anew(business, mark)
        numbers.append(issued().number)

    bare, *later = numbers
    head = bare.removesuffix("00001")
    assert later == [f"{head}{mark}-00001" for mark in ("R261123", "B2", "C3")]
    assert prove(business).holds

    before = counts(business)
    for mark in ("R261123", "B2"):
        with pytest.raises(UsedMark):
            begin_series_anew(business, mark)
    assert counts(business) == before
    assert issued().number == f"{head}C3-00002"
