"""Whatever the bytes are, a reader gives statements or one refusal, soon; and knows its own."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.banks.samples import (
    CREDIT,
    CSV,
    bai2,
    camt,
    camt_statement,
    entry,
    mt940,
    ofx,
    ofx_entry,
    part,
    party,
)
from counterfoil.adapters.banks.bai2.reader import Bai2Reader
from counterfoil.adapters.banks.camt.reader import CamtReader
from counterfoil.adapters.banks.delimited.reader import CsvReader
from counterfoil.adapters.banks.mt940.reader import Mt940Reader
from counterfoil.adapters.banks.ofx.reader import OfxReader
from counterfoil.kernel.ports.banks import (
    NO_HINTS,
    BankLine,
    Hints,
    ProblemCode,
    StatementReader,
    StatementRefused,
)

READERS: dict[str, StatementReader] = {
    "camt": CamtReader(),
    "mt940": Mt940Reader(),
    "ofx": OfxReader(),
    "bai2": Bai2Reader(),
    "csv": CsvReader(),
}
BATCH = part("6.00", parties=party()) + part("4.00", remittance="<Ustrd>RF18539007547034</Ustrd>")
SAMPLES = {
    "camt": camt(camt_statement(entry(details=BATCH), entry(ref="B2"), closing="120.00")),
    "mt940": mt940(*CREDIT, *CREDIT, closing="C260331EUR120,00"),
    "ofx": ofx(ofx_entry(), ofx_entry(ref="F2")),
    "bai2": bai2("16,195,1000,V,260330,,BREF,CREF,INV-1/", "88,more/"),
    "csv": CSV.encode(),
}
LEFT_OUT = {
    ProblemCode.LINE_REFUSED, ProblemCode.LINE_EMPTY, ProblemCode.LINE_PENDING,
    ProblemCode.LINE_CORRECTS, ProblemCode.ROW_NOT_A_BOOKING, ProblemCode.STATEMENT_LEFT_OUT,
}  # fmt: skip
PIECES = [
    b"", b'"', b";", b",", b"\n", b"\r", b"\x00", b"\xff", b"\xc3", b"<", b"</", b"/>", b"&amp;",
    b"&#xD800;", b"&#99999999999;", b"<!DOCTYPE x>", b"<![CDATA[", b"<!--", b"-", b"9" * 40,
    b"0" * 9, b":61:", b":86:", b":62F:", b":20:", b"88,", b"16,", b"99,", b"/", b"?20", b"+++",
    b"2026-02-30", b"EUR", b"XXX", b".", b'="', b"e5", "٣".encode(), "１".encode(),
]  # fmt: skip
hints = st.sampled_from(
    [NO_HINTS, Hints(account="1", currency="EUR", day_first=True, decimal_mark=".")]
)


def check(reader, content, told=NO_HINTS):
    """Statements with exact lines, or a refusal that has words."""
    reader.sniff(content)
    try:
        found = reader.read(content, told)
    except StatementRefused as refusal:
        words = [refusal.message]
    else:
        words = [problem.message for problem in found.problems]
        check_found(found)
    assert [one for one in words if not one.endswith(".")] == []


def check_found(found):
    """Lines with money in the statement's currency, each with a name of its own."""
    assert found.statements
    for statement in found.statements:
        lines = [*statement.lines, *statement.pending]
        assert all(isinstance(line, BankLine) and line.amount for line in lines)
        assert all(line.amount.currency == statement.currency for line in lines)
        assert len({line.ref for line in lines}) == len(lines)
        check_balance(statement, {problem.code for problem in found.problems})


def check_balance(statement, codes):
    if statement.opening and statement.closing:
        moved = sum(line.amount.minor for line in statement.lines)
        reached = statement.opening.amount.minor + moved
        assert reached == statement.closing.amount.minor or ProblemCode.BALANCE_DIFFERS in codes


@st.composite
def mutated(draw, sample):
    content = bytearray(sample)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = start + draw(st.integers(0, 20))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=6))
        if draw(st.booleans()):
            content[start:end] = piece
        else:
            content[start:start] = piece or content[start:end]
    return bytes(content)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_mutated_files_are_read_or_refused(name, data):
    check(READERS[name], data.draw(mutated(SAMPLES[name])), data.draw(hints))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_mutated_files_of_other_formats_are_read_or_refused(name, data):
    other = data.draw(st.sampled_from([one for one in SAMPLES if one != name]))
    check(READERS[name], data.draw(mutated(SAMPLES[other])), data.draw(hints))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60)
@given(content=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(name, content):
    check(READERS[name], content)


@pytest.mark.parametrize("name", READERS)
def test_each_reader_knows_its_own_and_no_other(name):
    assert [one for one, reader in READERS.items() if reader.sniff(SAMPLES[name])] == [name]
    found = READERS[name].read(SAMPLES[name], Hints(account="1"))
    assert found.problems == ()


@pytest.mark.parametrize("name", READERS)
def test_nothing_is_lost_between_lines_and_problems(name):
    """What a reader does not give as a line it names as left out."""
    found = READERS[name].read(SAMPLES[name], Hints(account="1"))
    given = sum(len(one.lines) + len(one.pending) for one in found.statements)
    left_out = [one for one in found.problems if one.code in LEFT_OUT]
    assert (given, left_out) == ({"camt": 3, "bai2": 1}.get(name, 2), [])
