"""The name of a line: the same in every file that holds it, another for every other movement."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.samples import CSV, bai2, camt, camt_statement, entry, mt940, ofx, ofx_entry
from counterfoil.adapters.banks.bai2.reader import Bai2Reader
from counterfoil.adapters.banks.camt.reader import CamtReader
from counterfoil.adapters.banks.delimited.reader import CsvReader
from counterfoil.adapters.banks.mt940.reader import Mt940Reader
from counterfoil.adapters.banks.ofx.reader import OfxReader
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    NO_ACCOUNT,
    BankAccount,
    Hints,
    LineState,
    ProblemCode,
    StatementRefused,
)
from counterfoil.kernel.references import Reference, ReferenceKind
from counterfoil.kernel.statements import Draft, Movement, gather

HINTS = Hints(account="CH-1", currency="CHF")
TAG = ":61:2603020302C10,00NTRF{}"
ROW = "02.03.2026;02.03.2026;{};;10.00;\n"
HEAD = CSV.splitlines(keepends=True)[0]


def a_camt(*refs):
    """Without a reference of the bank, as the other formats below."""
    return camt(camt_statement(*(entry(ref=ref) for ref in refs), opening="", closing=""))


FORMATS = {
    "camt": (CamtReader(), a_camt),
    "mt940": (Mt940Reader(), lambda *texts: mt940(*(TAG.format(text) for text in texts))),
    "ofx": (OfxReader(), lambda *texts: ofx(*(ofx_entry(ref=text) for text in texts))),
    "bai2": (Bai2Reader(), lambda *texts: bai2(*(f"16,195,1000,,,,{text}/" for text in texts))),
    "csv": (CsvReader(), lambda *texts: (HEAD + "".join(map(ROW.format, texts))).encode()),
}


def refs(form, *texts):
    reader, made = FORMATS[form]
    (statement,) = reader.read(made(*texts), HINTS).statements
    return [one.ref for one in statement.lines]


@pytest.mark.parametrize("form", FORMATS)
def test_two_equal_lines_of_one_day_stay_two_and_keep_their_names(form):
    once, twice = refs(form, "A"), refs(form, "A", "A")
    assert twice[0] == once[0]
    assert len(set(twice)) == 2


@pytest.mark.parametrize("form", FORMATS)
def test_the_name_does_not_depend_on_the_neighbours(form):
    assert set(refs(form, "A")) < set(refs(form, "C", "A", "B"))
    assert set(refs(form, "A", "B")) == set(refs(form, "B", "A"))


def test_pages_in_one_file_count_on():
    """Two equal lines on two pages of one statement stay two."""
    first = mt940(TAG.format("A"), page="FM", closing="C260302EUR110,00")
    second = mt940(
        TAG.format("A"),
        page="MF",
        opening="C260302EUR110,00",
        closing="C260331EUR120,00",
        number="00007/002",
    )
    (statement,) = Mt940Reader().read(first + second).statements
    assert len({one.ref for one in statement.lines}) == 2


def test_a_line_in_two_statements_of_one_file_has_one_name_and_is_told():
    """Intraday reports repeat what the one before them held."""
    report = camt_statement(entry(), opening="", closing="")
    found = CamtReader().read(camt(report, report, kind="2"))
    assert len({line.ref for one in found.statements for line in one.lines}) == 1
    assert [(one.line, one.code) for one in found.problems] == [(2, ProblemCode.LINE_REPEATED)]


def test_a_line_has_one_name_in_report_statement_and_notification():
    kinds = [camt(camt_statement(entry(), opening="", closing=""), kind=kind) for kind in "234"]
    found = [CamtReader().read(content).statements[0].lines[0].ref for content in kinds]
    assert len(set(found)) == 1


MOVEMENT: Movement = {
    "place": 1,
    "booked_date": date(2026, 3, 2),
    "value_date": date(2026, 3, 3),
    "amount": Money(1000, "EUR"),
    "counterparty": "Erika Muster",
    "counterparty_account": BankAccount(number="7"),
    "remittance": "INV-1",
    "reference": Reference(ReferenceKind.OTHER, "R1"),
    "end_to_end_ref": "E1",
    "bank_ref": "B1",
    "code": "195",
}
CHANGES = {
    "booked_date": date(2026, 3, 4),
    "amount": Money(1001, "EUR"),
    "bank_ref": "B2",
    "value_date": None,
    "counterparty": "Emil Muster",
    "counterparty_account": BankAccount(number="8"),
    "remittance": "INV-2",
    "reference": None,
    "end_to_end_ref": "E2",
    "code": "409",
}


def ref(movement, *, unique=False, account="CH-1"):
    draft = Draft(
        place=1, account=BankAccount(number=account), currency="EUR", has_unique_refs=unique
    )
    draft.add(movement)
    return draft.finish().lines[0].ref


@pytest.mark.parametrize("name", CHANGES)
def test_any_other_fact_is_another_line(name):
    assert ref(MOVEMENT | {name: CHANGES[name]}) != ref(MOVEMENT)


def test_another_account_is_another_line():
    assert ref(MOVEMENT, account="CH-2") != ref(MOVEMENT)


@pytest.mark.parametrize("name", CHANGES)
def test_a_reference_that_is_unique_outlives_changed_texts(name):
    is_same = ref(MOVEMENT | {name: CHANGES[name]}, unique=True) == ref(MOVEMENT, unique=True)
    assert is_same == (name not in ("booked_date", "amount", "bank_ref"))


def test_facts_can_not_run_into_each_other():
    nobody = MOVEMENT | {"counterparty_account": NO_ACCOUNT}
    one = nobody | {"counterparty": "A", "remittance": ""}
    other = nobody | {"counterparty": "", "remittance": "A"}
    assert ref(one) != ref(other)


@given(
    st.lists(
        st.tuples(st.sampled_from(["A", "B"]), st.integers(1, 2), st.integers(1, 2)), max_size=8
    ),
    st.randoms(use_true_random=False),
)
def test_names_are_those_of_a_multiset(facts, random):
    """Whatever the order: as many names as lines, and the same names."""

    def names(rows):
        draft = Draft(place=1, account=BankAccount(number="1"), currency="EUR")
        for text, minor, day in rows:
            draft.add(
                MOVEMENT
                | {
                    "remittance": text,
                    "amount": Money(minor, "EUR"),
                    "booked_date": date(2026, 3, day),
                }
            )
        return [line.ref for line in draft.finish().lines]

    shuffled = random.sample(facts, len(facts))
    assert len(set(names(facts))) == len(facts)
    assert set(names(facts)) == set(names(shuffled))


def test_lines_without_money_are_left_out_and_told():
    draft = Draft(place=1, account=BankAccount(number="1"), currency="EUR")
    draft.add(MOVEMENT | {"amount": Money(0, "EUR")})
    assert draft.finish().lines == ()
    assert [one.code for one in draft.problems] == [ProblemCode.LINE_EMPTY]


def test_pending_lines_never_count_in_the_balance():
    draft = Draft(place=1, account=BankAccount(number="1"), currency="EUR")
    draft.add(MOVEMENT | {"state": LineState.PENDING})
    found = gather("x", [draft]).statements[0]
    assert (found.lines, len(found.pending)) == ((), 1)


def test_a_file_without_statements_is_refused():
    with pytest.raises(StatementRefused, match="holds no statement"):
        gather("x", [])


def test_lines_are_values():
    line = CsvReader().read(CSV.encode(), HINTS).statements[0].lines[0]
    assert replace(line) == line
    assert hash(replace(line)) == hash(line)
