"""BAI2: continuations, funds types, type codes, implied decimals, control sums and counts."""

from datetime import date

import pytest

from adapters.banks.samples import bai2
from counterfoil.adapters.banks.bai2.reader import Bai2Reader
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    Balance,
    BankAccount,
    LineState,
    ProblemCode,
    StatementRefused,
)

READER = Bai2Reader()
LINE = "16,195,1000,V,260330,,BREF,CREF,INV-2026-00001/"


def read(content):
    assert READER.sniff(content)
    return READER.read(content)


def line(*records, **other):
    found = read(bai2(*records, **other))
    assert found.problems == ()
    (only,) = found.statements[0].lines
    return only


def test_statement_with_all_that_it_says():
    found = read(bai2(LINE))
    assert (found.format, found.problems) == ("bai2", ())
    (statement,) = found.statements
    assert statement.account == BankAccount(number="123456", bank="BANK")
    assert (statement.currency, statement.ref) == ("USD", "BANK 2026-03-31")
    assert statement.opening == Balance(Money(10000, "USD"), date(2026, 3, 31))
    assert statement.closing == Balance(Money(11000, "USD"), date(2026, 3, 31))
    (told,) = statement.lines
    assert (told.booked_date, told.value_date) == (date(2026, 3, 31), date(2026, 3, 30))
    assert (told.amount, told.code, told.bank_ref) == (Money(1000, "USD"), "195", "BREF")
    assert told.remittance == "INV-2026-00001 CREF"


@pytest.mark.parametrize(
    ("funds", "value_date"),
    [
        ("", None), ("Z", None), ("0", None), ("1", None), ("2", None),
        ("V,260330,", date(2026, 3, 30)), ("V,260330,0800", date(2026, 3, 30)),
        ("V,20260330,", date(2026, 3, 30)), ("S,500,300,200", None), ("D,2,0,600,1,400", None),
    ],
)  # fmt: skip
def test_funds_types_take_their_own_fields(funds, value_date):
    told = line(f"16,195,1000,{funds},BREF,CREF,text, with, commas/")
    assert (told.value_date, told.bank_ref) == (value_date, "BREF")
    assert told.remittance == "text, with, commas CREF"


@pytest.mark.parametrize(
    ("code", "minor"),
    [("108", 1000), ("399", 1000), ("409", -1000), ("699", -1000), ("921", 1000), ("961", -1000)],
)
def test_type_codes_say_in_or_out(code, minor):
    told = line(f"16,{code},1000,,,,text/", closing=str(10000 + minor))
    assert told.amount == Money(minor, "USD")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("16,721,1000,,,,text/", "“721” does not say whether"),
        ("16,,1000,,,,text/", "does not say whether"),
        ("16,195,-1000,,,,text/", "has a sign"),
        ("16,195,1000,X,,,text/", "“X” is no funds type"),
        ("16,195,1000,V,260230,,,,text/", "no day 2026-02-30"),
        ("16,195,1000,V,what,,,,text/", "is no date"),
    ],
)
def test_record_that_can_not_be_read_is_left_out_and_told(record, words):
    found = read(bai2(LINE, record, closing="12000"))
    assert len(found.statements[0].lines) == 1
    codes = {one.code: one for one in found.problems}
    assert set(codes) == {ProblemCode.LINE_REFUSED, ProblemCode.BALANCE_DIFFERS}
    assert codes[ProblemCode.LINE_REFUSED].line == 5
    assert words in codes[ProblemCode.LINE_REFUSED].message


def test_amount_with_a_point_is_refused():
    content = bai2(LINE).replace(b"16,195,1000,", b"16,195,10.00,")
    found = read(content)
    assert ProblemCode.LINE_REFUSED in [one.code for one in found.problems]


def test_records_without_money_are_left_out():
    found = read(bai2(LINE, "16,890,0,,,,only text/"))
    assert [one.code for one in found.problems] == [ProblemCode.LINE_EMPTY]


@pytest.mark.parametrize(
    "records",
    [
        ("16,195,1000,V,260330,/", "88,BREF,CREF,INV-1/", "88,and more/"),
        ("16,195,1000/", "88,V,260330/", "88,,BREF,CREF,INV-1 and", "88,more"),
        ("16,195,1000,V,260330,,BREF,CREF/", "88,INV-1/", "88,and/", "88,more/"),
    ],
)
def test_continuations_go_on_anywhere(records):
    content = bai2("16,195,1000,,,,x/").replace(b"16,195,1000,,,,x/", "\n".join(records).encode())
    (statement,) = read(content).statements
    (told,) = statement.lines
    assert (told.value_date, told.bank_ref) == (date(2026, 3, 30), "BREF")
    assert told.remittance == "INV-1 and more CREF"


def test_summaries_that_go_on_in_the_next_record():
    content = bai2(LINE).replace(
        b"03,123456,USD,010,10000,,,015,11000,,/",
        b"03,123456,USD,010,10000,,,100/\n88,1000,1,D,2,0,600/\n88,1,400,400,0,0,,015,11000,,/",
    )
    found = read(content)
    assert found.statements[0].closing.amount == Money(11000, "USD")
    assert {one.code for one in found.problems} == {ProblemCode.TOTAL_DIFFERS}  # of the trailers


def test_decimals_are_the_currency_s():
    assert line(LINE, currency="JPY").amount == Money(1000, "JPY")
    assert line(LINE, currency="KWD").amount.decimal.as_tuple().exponent == -3


def test_currency_of_the_group_and_of_the_format():
    for of_group, currency in ((b"CAD", "CAD"), (b"", "USD")):
        content = bai2(LINE).replace(b"123456,USD", b"123456,")
        content = content.replace(b"260331,,USD,2", b"260331,," + of_group + b",2")
        assert read(content).statements[0].currency == currency


def test_balances_that_do_not_agree_are_told():
    found = read(bai2(LINE, closing="12000"))
    assert [one.code for one in found.problems] == [ProblemCode.BALANCE_DIFFERS]
    assert "make 110.00 USD; the closing balance says 120.00 USD" in found.problems[0].message


@pytest.mark.parametrize(
    ("summary", "is_right"),
    [("100,1000,1,", True), ("100,1000,,", True), ("100,2000,1,", False), ("100,1000,2,", False),
     ("400,0,0,", True), ("400,10,1,", False)],
)  # fmt: skip
def test_bank_s_own_sums_are_compared(summary, is_right):
    amount = int(summary.split(",")[1])
    content = bai2(LINE, total=22000 + amount).replace(b"11000,,/", f"11000,,,{summary}/".encode())
    codes = [one.code for one in read(content).problems]
    assert codes == ([] if is_right else [ProblemCode.TOTAL_DIFFERS])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bai2(LINE, total=1), "control sum is 1, the amounts of this account come to 22000"),
        (bai2(LINE, count=9), "counts 9 records, here are 3"),
        (bai2(LINE).replace(b"98,22000,1,5", b"98,22000,2,5"), "counts 2 parts, here are 1"),
        (bai2(LINE).replace(b"99,22000,1,7", b"99,22000,1,8"), "counts 8 records, here are 7"),
    ],
)
def test_controls_of_the_trailers_are_compared(content, words):
    (problem,) = read(content).problems
    assert (problem.code, words in problem.message) == (ProblemCode.TOTAL_DIFFERS, True)


def test_corrections_are_told_and_deletions_and_tests_left_out():
    assert [one.code for one in read(bai2(LINE, status="3")).problems] == [
        ProblemCode.LINE_CORRECTS
    ]
    for status, words in (("2", "takes back what was reported"), ("4", "It is a test")):
        with pytest.raises(StatementRefused, match=words):
            READER.read(bai2(LINE, status=status))


@pytest.mark.parametrize("modifier", ["1", "3"])
def test_interim_groups_are_pending(modifier):
    found = read(bai2(LINE, modifier=modifier, closing="10000"))
    (statement,) = found.statements
    assert statement.lines == ()
    assert [one.state for one in statement.pending] == [LineState.PENDING]
    assert [one.code for one in found.problems] == [ProblemCode.LINE_PENDING]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"00,0004,1/2/345,06/0321,0829,001,80,1,2/", "Line 1 begins with no record code"),
        (bai2(LINE).replace(b"02,US", b"04,US"), "Line 2 begins with no record code"),
        (bai2(LINE).replace(b"03,123456", b"16,123456"), "Line 3: a record 16 can't stand there"),
        (bai2(LINE).replace(b"49,", b"98,"), "Line 5: a record 98 can't stand there"),
        (bai2(LINE) + bai2(LINE), "Line 8: a record 01 can't stand there"),
        (b"88,x/", "Line 1 begins with no record code"),
        (bai2(LINE, currency="DEM"), "“DEM” is no currency"),
        (bai2(LINE).replace(b"BANK,1,260331", b"BANK,1,261331"), "no day 2026-13-31"),
        (bai2(LINE).replace(b"010,10000", b"010,ten"), "“ten” is no amount in minor units"),
        (b"\x00", "letters of this file"),
    ],
)
def test_damaged_files_are_refused(content, words):
    with pytest.raises(StatementRefused, match=words):
        READER.read(content)


def test_file_cut_off_anywhere_is_refused_or_told():
    content = bai2(LINE, "16,409,500,,,,fee/", closing="10500")
    whole = READER.read(content)
    end_of_trailer = content.rindex(b"99,") + len(b"99,")
    for end in range(1, end_of_trailer - 1):
        with pytest.raises(StatementRefused):
            READER.read(content[:end])
    for end in range(end_of_trailer - 1, len(content)):  # no line can be lost any more
        assert READER.read(content[:end]).statements == whole.statements
