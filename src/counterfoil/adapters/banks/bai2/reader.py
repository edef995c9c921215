"""Reads BAI2: the accounts of every group, their lines, and the controls that the bank gives."""

import re
from dataclasses import dataclass
from datetime import date

from counterfoil.adapters.banks.bai2.records import BadRecord, Block, Record, file_of
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    NO_HINTS,
    Balance,
    Hints,
    LineState,
    ProblemCode,
    ReadStatements,
    StatementProblem,
)
from counterfoil.kernel.references import find_reference
from counterfoil.kernel.statements import (
    BadDay,
    Draft,
    account_of,
    beginning,
    calendar_day,
    check_size,
    count_of,
    decode,
    gather,
    known_currency,
    shown,
    spoken_minor,
)

_SNIFFED = re.compile(r"\s{0,20}01,[^,\r\n]{0,40},[^,\r\n]{0,40},[0-9]{6}(?:[0-9]{2})?,")
_DAY = re.compile(r"((?:[0-9]{2})?[0-9]{2})([0-9]{2})([0-9]{2})")
_DEFAULT_CURRENCY = "USD"
_OPENING, _CLOSING = "010", "015"
_ALL_CREDITS, _ALL_DEBITS = "100", "400"
_DELETION, _CORRECTION, _TEST = "2", "3", "4"
_INTERIM = {"1", "3"}  # the modifier of the day: 2 and 4 are final
_CREDITS = (range(100, 400), range(920, 960))
_DEBITS = (range(400, 700), range(960, 1000))
_NO_MONEY = 890
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Group:
    """What the header of a group says of all its accounts."""

    bank: str
    status: str
    day: date
    currency: str
    is_interim: bool


class Bai2Reader:
    """Statements in BAI2. Keeps no state."""

    def sniff(self, content: bytes) -> bool:
        """Whether the file begins with a record 01 that names two parties and a day."""
        return _SNIFFED.match(beginning(content)) is not None

    def read(self, content: bytes, hints: Hints = NO_HINTS) -> ReadStatements:
        """Every account of every group; `StatementRefused` for a file damaged or cut off."""
        check_size(content)
        file = file_of(decode(content, "utf-8", "cp1252", "latin-1"))
        drafts: list[Draft] = []
        problems = list(_controls(file, [block.header for block in file.blocks]))
        for block in file.blocks:
            problems += _controls(block, [account.header for account in block.blocks])
            for account in block.blocks:
                try:
                    drafts.append(_account(account, _group(block.header)))
                except Refused as problem:
                    line = account.header.line
                    words = f"The account in line {line} is left out. {problem.message}"
                    code = ProblemCode.STATEMENT_LEFT_OUT
                    problems.append(StatementProblem(line, code, words))
        return gather("bai2", drafts, problems)


def _controls(block: Block, inner: list[Record]) -> list[StatementProblem]:
    """What the trailers 98 and 99 count: the blocks inside, and all physical records."""
    assert block.trailer is not None, "file_of() lets none pass without its trailer"
    told = block.trailer.fields()
    told.next()
    line, code = block.trailer.line, ProblemCode.TOTAL_DIFFERS
    counts = ((told.next(), len(inner), "parts"), (told.next(), block.count, "records"))
    return [
        StatementProblem(line, code, f"The bank counts {says} {what}, here are {found}.")
        for text, found, what in counts
        if (says := count_of(text)) is not None and says != found
    ]


def _group(header: Record) -> Group:
    fields = header.fields()
    _, bank, status = fields.next(), fields.next(), fields.next()
    day, _ = _day(fields.next()), fields.next()
    currency, modifier = fields.next(), fields.next()
    if status == _DELETION:
        raise Refused("It takes back what was reported before: a person has to look.")
    if status == _TEST:
        raise Refused("It is a test.")
    return Group(bank, status, day, currency.upper() or _DEFAULT_CURRENCY, modifier in _INTERIM)


def _day(text: str) -> date:
    """YYMMDD or YYYYMMDD."""
    found = _DAY.fullmatch(text)
    if not found:
        raise BadDay(f"{shown(text)} is no date like 260131.")
    year = int(found[1])
    return calendar_day(year + _CENTURY * (year < _CENTURY), int(found[2]), int(found[3]))


def _account(block: Block, group: Group) -> Draft:
    fields = block.header.fields()
    draft = Draft(place=block.header.line, from_date=group.day, to_date=group.day)
    draft.account = account_of(fields.next(), group.bank)
    draft.currency = known_currency(fields.next().upper() or group.currency)
    draft.ref = f"{group.bank} {group.day.isoformat()}".strip()
    if group.status == _CORRECTION:
        words = "This account corrects what was reported before: compare them."
        draft.report(draft.place, ProblemCode.LINE_CORRECTS, words)
    told: dict[str, tuple[int, str]] = {}
    total = 0
    while not fields.is_over:
        code, amount, count, _ = fields.next(), fields.amount(), fields.next(), fields.skip_funds()
        if code and amount is not None:
            told[code] = (amount, count)
            total += amount
    _take_balances(draft, told, group.day)
    for record in block.records:
        total += _take(record, draft, group)
    _check_totals(draft, told)
    _check_trailer(draft, block, total)
    return draft


def _take_balances(draft: Draft, told: dict[str, tuple[int, str]], day: date) -> None:
    if _OPENING in told:
        draft.opening = Balance(Money(told[_OPENING][0], draft.currency), day)
    if _CLOSING in told:
        draft.closing = Balance(Money(told[_CLOSING][0], draft.currency), day)


def _take(record: Record, draft: Draft, group: Group) -> int:
    """Takes one record 16; gives its amount for the bank's own control of sums."""
    fields = record.fields()
    code, minor = fields.next(), 0
    try:
        minor = fields.amount() or 0
        sign = _sign(code, minor)
        value = fields.skip_funds()
        bank_ref, customer_ref, text = fields.next(), fields.next(), fields.rest()
        remittance = text if customer_ref in text else f"{text} {customer_ref}".strip()
        draft.add(
            {
                "place": record.line,
                "booked_date": group.day,
                "value_date": _day(value) if value else None,
                "amount": Money(sign * minor, draft.currency),
                "remittance": remittance,
                "reference": find_reference(remittance),
                "bank_ref": bank_ref,
                "code": code,
                "state": LineState.PENDING if group.is_interim else LineState.BOOKED,
            }
        )
    except Refused as problem:
        words = f"Line {record.line} is left out. {problem.message}"
        draft.report(record.line, ProblemCode.LINE_REFUSED, words)
    return minor


def _sign(code: str, minor: int) -> int:
    """In or out, by the type code (100 to 399 in, 400 to 699 out; own ones from 920, from 960)."""
    number = int(code) if code.isascii() and code.isdigit() else 0
    if minor < 0:
        raise BadRecord("Its amount has a sign: the type code alone says in or out.")
    if number == _NO_MONEY or any(number in codes for codes in _CREDITS):
        return 0 if number == _NO_MONEY else 1
    if any(number in codes for codes in _DEBITS):
        return -1
    raise BadRecord(f"The type code {shown(code)} does not say whether money came in or went out.")


def _check_totals(draft: Draft, told: dict[str, tuple[int, str]]) -> None:
    """The sums of all that came in and went out, where the bank gives them."""
    lines = draft.lines or draft.pending
    minors = [line.amount.minor for line in lines]
    for code, way, own in (
        (_ALL_CREDITS, "came in", [one for one in minors if one > 0]),
        (_ALL_DEBITS, "went out", [-one for one in minors if one < 0]),
    ):
        if code not in told:
            continue
        says, text = told[code]
        count = count_of(text)
        if says != sum(own) or (count is not None and count != len(own)):
            lines_told = "" if count is None else f" in {count} lines"
            words = (
                f"The bank says that {spoken_minor(says, draft.currency)} {way}{lines_told}; "
                f"the file holds {spoken_minor(sum(own), draft.currency)} in {len(own)}."
            )
            draft.report(draft.place, ProblemCode.TOTAL_DIFFERS, words)


def _check_trailer(draft: Draft, block: Block, total: int) -> None:
    """The trailer 49: the sum of all amounts of the account as they stand, and its records."""
    assert block.trailer is not None, "file_of() lets none pass without its trailer"
    fields, line = block.trailer.fields(), block.trailer.line
    says, count = fields.amount(), count_of(fields.next())
    if says is not None and says != total:
        words = f"The bank's control sum is {says}, the amounts of this account come to {total}."
        draft.report(line, ProblemCode.TOTAL_DIFFERS, words)
    if count is not None and count != block.count:
        words = f"The bank counts {count} records, here are {block.count}."
        draft.report(line, ProblemCode.TOTAL_DIFFERS, words)
