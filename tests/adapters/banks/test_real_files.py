"""Files that banks and other programs really wrote: every line is read, or a reason is stated.

They lie in the folder that COUNTERFOIL_TEST_DATA names; without it these tests are skipped. What
each must give stands in `real_files.txt`: path | what a person adds | what was read | problems.
`XXX>CHF` means that the file's makers hid the currency behind letters that are none.
"""

import csv
import os
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.banks.test_any_bytes import READERS, check_found
from counterfoil.kernel.ports.banks import Hints, ProblemCode, StatementRefused

DATA = Path(os.environ.get("COUNTERFOIL_TEST_DATA") or "no-such-folder") / "bank_statements"
TABLE = Path(__file__).with_name("real_files.txt").read_text("utf-8").splitlines()
ROWS = [tuple(cell.strip() for cell in line.split(" | ")) for line in TABLE if line.strip()]
EXPECTATIONS = {".yml", ".json", ".pydata"}  # what other programs read of a file beside it
LEFT_OUT = {ProblemCode.LINE_REFUSED, ProblemCode.LINE_EMPTY}

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="COUNTERFOIL_TEST_DATA names no folder with the files"
)


def files():
    return {
        str(path.relative_to(DATA)): path
        for path in sorted(DATA.rglob("*"))
        if path.is_file() and path.suffix not in EXPECTATIONS and "testexpected" not in path.parts
    }


def told(path, added):
    """What is read of a file: its reader, and the statements, or why there are none."""
    content = path.read_bytes()
    values: dict[str, object] = {}
    for one in added.split():
        hidden, arrow, shown = one.partition(">")
        if arrow:
            whole = rf'(?<=[;,"]){hidden}(?=[;,"\r\n])'
            content = re.sub(whole.encode(), shown.encode(), content)
        else:
            name, _, value = one.partition("=")
            values[name] = value == "yes" if name == "day_first" else value
    names = [name for name, reader in READERS.items() if reader.sniff(content)]
    if not names:
        return "", "no reader knows it"
    try:
        return names[0], READERS[names[0]].read(content, Hints(**values))
    except StatementRefused as refusal:
        return names[0], refusal.message


def sums(statements):
    """Counts, and what came in and went out by currency."""
    minors: Counter[tuple[str, bool]] = Counter()
    for one in statements:
        for line in one.lines:
            minors[line.amount.currency, line.amount.minor > 0] += abs(line.amount.decimal)
    currencies = sorted({one.currency for one in statements})
    return " ".join(
        f"{currency} in {minors[currency, True]} out {minors[currency, False]}"
        for currency in currencies
    )


def as_text(name, found):
    """A row of the table without its path."""
    if isinstance(found, str):
        return f"{name or 'none'}: {found}", ""
    balanced = sum(bool(one.opening and one.closing) for one in found.statements)
    count, lines = len(found.statements), sum(len(one.lines) for one in found.statements)
    read = f"{found.format}: {count} statements {lines} lines {sums(found.statements)}"
    problems = Counter(problem.code.value for problem in found.problems)
    texts = [f"{code}*{times}" for code, times in sorted(problems.items())]
    return f"{read} both balances {balanced}", " ".join(texts)


@pytest.mark.parametrize("row", ROWS, ids=[row[0].rpartition("/")[2] for row in ROWS])
def test_file_gives_its_lines_or_its_reason(row):
    path, added, *expected = row
    name, found = told(DATA / path, added)
    if not isinstance(found, str):
        check_found(found)
    assert list(as_text(name, found)) == expected


def test_every_file_of_the_folder_is_in_the_table():
    assert sorted(row[0] for row in ROWS) == sorted(files())


def read_rows(folder):
    for path, added, *_ in ROWS:
        if not path.startswith(folder):
            continue
        _, found = told(DATA / path, added)
        if not isinstance(found, str):
            yield path, (DATA / path).read_bytes(), found


def lines_of(found):
    return [line for one in found.statements for line in (*one.lines, *one.pending)]


def left_out(found):
    return [one.line for one in found.problems if one.code in LEFT_OUT]


def places(found):
    """The places of all lines, and of all that was left out and told."""
    return sorted({line.place for line in lines_of(found)} | set(left_out(found)))


def outgoing(found):
    minus = (-line.amount.decimal for line in lines_of(found) if line.amount.minor < 0)
    return sum(minus, Decimal(0))


def is_all_read(found):
    codes = {one.code for one in found.problems}
    return not codes & {ProblemCode.LINE_REFUSED, ProblemCode.STATEMENT_LEFT_OUT}


def test_camt_by_counting_elements():
    entry = re.compile(rb"<(?:\w+:)?Ntry>(.*?)</(?:\w+:)?Ntry>", re.DOTALL)
    debit = re.compile(
        rb"^\s*(?:<NtryRef>.*?</NtryRef>\s*)?<(?:\w+:)?Amt Ccy=\"[A-Z]{3}\">([0-9.]+)<.*?"
        rb"<(?:\w+:)?CdtDbtInd>DBIT",
        re.DOTALL,
    )
    seen = 0
    for path, content, found in read_rows("camt"):
        bare = re.sub(rb"<!--.*?-->", b"", content, flags=re.DOTALL)
        entries = entry.findall(bare)
        assert places(found) == list(range(1, len(entries) + 1)), path
        out = [
            match[1] for one in entries if (match := debit.match(one.partition(b"</CdtDbtInd>")[0]))
        ]
        if is_all_read(found) and ProblemCode.LINE_EMPTY not in {
            one.code for one in found.problems
        }:
            assert outgoing(found) == sum(Decimal(one.decode()) for one in out), path
            seen += 1
    assert seen >= 25


def test_mt940_by_counting_fields():
    field = re.compile(rb"(?m)^:61:(\d{6}(?:\d{4})?)(R?[CD])[A-Z]?([\d]+,\d*)")
    seen = 0
    for path, content, found in read_rows("mt940"):
        fields = field.findall(content)
        if not is_all_read(found):
            continue
        assert len(lines_of(found)) == len(fields) == content.count(b":61:"), path
        out = [
            amount.decode().replace(",", ".") for _, mark, amount in fields if mark in (b"D", b"RC")
        ]
        assert outgoing(found) == sum(map(Decimal, out)), path
        seen += 1
    assert seen >= 20


def test_ofx_by_counting_tags():
    seen = 0
    for path, content, found in read_rows("ofx"):
        count = len(lines_of(found)) + len(left_out(found))
        assert count == len(re.findall(rb"<STMTTRN>", content)), path
        if is_all_read(found):
            out = re.findall(rb"<TRNAMT>-([\d.]+)", content)
            assert outgoing(found) == sum(Decimal(one.decode()) for one in out), path
            seen += 1
    assert seen >= 15


def test_bai2_by_counting_records():
    for path, content, found in read_rows("bai2"):
        records = re.findall(rb"(?m)^16,(\d{3}),(\d+)", content)
        assert len(lines_of(found)) == len(records), path
        out = sum(Decimal(int(minor)) / 100 for code, minor in records if b"400" <= code < b"700")
        assert outgoing(found) == out, path


def expected_rows():
    """What another program read of the same CSV: day and amount of each line."""
    for path in DATA.rglob("testexpected/**/*.txt"):
        names: list[str] = []
        rows = []
        for line in path.read_text("utf-8", errors="replace").splitlines():
            cells = [cell.strip() for cell in re.split(r" & ?", line.removesuffix("\\\\"))]
            if "Date" in cells and {"Income", "Amount"} & set(cells):
                names = cells
            elif names and re.match(r"\d{4}-", line):
                rows.append(dict(zip(names, cells, strict=False)))
        yield path.stem, rows


def decimal(text):
    bare = (text or "").replace("'", "").replace(" ", "")
    return Decimal(bare) if re.fullmatch(r"-?[0-9.]+", bare) else Decimal(0)


def net(row):
    """Some of these have expenses as they are, some below zero."""
    expenses = decimal(row.get("Expenses"))
    return decimal(row.get("Income")) - (expenses if expenses > 0 else -expenses)


def bookings(found):
    """Lines, the parts of one batch counted once."""
    lines = lines_of(found)
    parts = Counter(line.batch for line in lines if line.batch)
    batches = sum(count // batch.count for batch, count in parts.items())
    return len(lines) - sum(parts.values()) + batches


def test_csv_by_what_another_program_read():
    others = dict(expected_rows())
    agreed = 0
    for path, _, found in read_rows("csv"):
        rows = [row for row in others.get(Path(path).stem, []) if net(row)]
        rows = [row for row in rows if row.get("IsDetail") != "D"]
        if rows:
            total = sum(line.amount.decimal for line in lines_of(found))
            assert total == sum(map(net, rows)), path
            assert len(rows) in {bookings(found), len(lines_of(found))}, path
            agreed += 1
    assert agreed >= 70


def test_csv_by_counting_dates():
    """A row that begins with a date, after at most one cell, is a line or is told."""
    day = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
    for path, content, found in read_rows("csv/OCA"):
        rows = csv.reader(content.decode("utf-8", errors="replace").splitlines())
        dated = sum(bool(row and day.match(row[0])) for row in rows)
        assert len(places(found)) == dated, path
