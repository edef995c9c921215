"""Reads OFX: statements of bank and card accounts; what holds securities is told and left out."""

import re
from datetime import date

from counterfoil.adapters.banks.ofx.tree import Node, parse, text_of
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    NO_ACCOUNT,
    NO_HINTS,
    Balance,
    BankAccount,
    Hints,
    LineState,
    ProblemCode,
    ReadStatements,
    StatementProblem,
    StatementRefused,
)
from counterfoil.kernel.references import find_reference
from counterfoil.kernel.statements import (
    BadDay,
    Draft,
    account_of,
    beginning,
    calendar_day,
    check_size,
    exact_amount,
    gather,
    known_currency,
    shown,
)

_SNIFFED = re.compile(r"OFXHEADER|<OFX>", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})[0-9.]{0,12} ?(?:\[.{0,20}\])?")
_STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_PENDING = "STMTTRNP"
_CORRECTIONS = {"REPLACE": "replaces", "DELETE": "deletes"}


class OfxReader:
    """Statements in OFX 1.x and 2.x. Keeps no state."""

    def sniff(self, content: bytes) -> bool:
        """Whether OFX's header or its first tag stands near the beginning."""
        return _SNIFFED.search(beginning(content)) is not None

    def read(self, content: bytes, hints: Hints = NO_HINTS) -> ReadStatements:
        """Every statement; `StatementRefused` for a file that is damaged, cut off or an error."""
        check_size(content)
        root = parse(text_of(content))
        _check_sign_on(root)
        drafts: list[Draft] = []
        problems: list[StatementProblem] = []
        for node in root.all(*_STATEMENTS):
            try:
                drafts.append(_statement(node))
            except Refused as problem:
                words = f"The statement in line {node.line} is left out. {problem.message}"
                code = ProblemCode.STATEMENT_LEFT_OUT
                problems.append(StatementProblem(node.line, code, words))
        return gather("ofx", drafts, problems)


def _check_sign_on(root: Node) -> None:
    """A bank that refuses to answer says so in the same form."""
    for status in root.all("STATUS"):
        if status.value("SEVERITY").upper() == "ERROR":
            told = shown(status.value("MESSAGE") or status.value("CODE"))
            words = f"The bank gave no statement but an error: {told}."
            raise StatementRefused(words, line=status.line)


def _statement(node: Node) -> Draft:
    if node.name == "INVSTMTRS":
        raise Refused("It is of securities, not of a bank account.")
    source = node.first("BANKACCTFROM") or node.first("CCACCTFROM")
    draft = Draft(place=node.line, has_unique_refs=True)
    draft.account = _account(source)
    draft.currency = known_currency(node.value("CURDEF").upper())
    for entries in node.all("BANKTRANLIST"):
        draft.from_date = draft.from_date or _day_or_none(entries.value("DTSTART"))
        draft.to_date = _day_or_none(entries.value("DTEND")) or draft.to_date
    for entry in node.all("STMTTRN", _PENDING):
        try:
            _take(entry, draft)
        except Refused as problem:
            words = f"The entry in line {entry.line} is left out. {problem.message}"
            draft.report(entry.line, ProblemCode.LINE_REFUSED, words)
    _take_balance(node, draft)
    return draft


def _account(source: Node | None) -> BankAccount:
    if source is None:
        return NO_ACCOUNT
    bank, branch = source.value("BANKID"), source.value("BRANCHID")
    return account_of(source.value("ACCTID"), f"{bank}/{branch}" if branch else bank)


def _take_balance(node: Node, draft: Draft) -> None:
    """The balance of the books; OFX has none for the beginning, so nothing is checked by it."""
    told = node.first("LEDGERBAL")
    if told is None:
        return
    try:
        amount = _amount(told.value("BALAMT"), draft.currency)
        draft.closing = Balance(amount, _day_or_none(told.value("DTASOF")))
    except Refused as problem:
        words = f"The balance in line {told.line} can't be read. {problem.message}"
        draft.report(told.line, ProblemCode.BALANCE_UNREADABLE, words)


def _take(entry: Node, draft: Draft) -> None:
    correction = _CORRECTIONS.get(entry.value("CORRECTACTION").upper())
    if correction or entry.value("CORRECTFITID"):
        words = (
            f"The entry in line {entry.line} {correction or 'replaces'} the earlier entry "
            f"{shown(entry.value('CORRECTFITID'))}: left out, a person has to look at both."
        )
        draft.report(entry.line, ProblemCode.LINE_CORRECTS, words)
        return
    currency = entry.value("CURRENCY", "CURSYM").upper() or draft.currency
    amount = _amount(entry.value("TRNAMT"), known_currency(currency))
    is_pending = entry.name == _PENDING
    remittance = _remittance(entry)
    draft.add(
        {
            "place": entry.line,
            "booked_date": _day(entry.value("DTTRAN" if is_pending else "DTPOSTED")),
            "value_date": _day_or_none(entry.value("DTAVAIL")),
            "amount": amount,
            "counterparty": entry.value("NAME") or entry.value("PAYEE", "NAME"),
            "counterparty_account": _account(entry.first("BANKACCTTO") or entry.first("CCACCTTO")),
            "remittance": remittance,
            "reference": find_reference(remittance),
            "bank_ref": entry.value("FITID"),
            "code": entry.value("TRNTYPE"),
            "state": LineState.PENDING if is_pending else LineState.BOOKED,
        }
    )


def _remittance(entry: Node) -> str:
    """What was written, and the numbers that it does not hold yet."""
    text = " ".join(filter(None, (entry.value("EXTDNAME"), entry.value("MEMO"))))
    for number in (entry.value("CHECKNUM"), entry.value("REFNUM")):
        if number not in text:
            text = f"{text} {number}".strip()
    return text


def _amount(text: str, currency: str) -> Money:
    """A point or a comma before the decimals, as OFX 3.2.9.1 has it, and no other marks."""
    return exact_amount(text, currency, mark="," if "," in text and "." not in text else ".")


def _day(text: str) -> date:
    """YYYYMMDD and maybe a time: the day as the bank has it, whatever zone it names."""
    found = _DAY.fullmatch(text)
    if not found:
        raise BadDay(f"{shown(text)} is not a date like 20260131." if text else "It has no date.")
    return calendar_day(int(found[1]), int(found[2]), int(found[3]))


def _day_or_none(text: str) -> date | None:
    try:
        return _day(text)
    except BadDay:
        return None
