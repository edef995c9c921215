"""Reads camt.052, camt.053 and camt.054 of every version, piece by piece."""

import re
from datetime import date
from xml.etree.ElementTree import Element

from counterfoil.adapters.banks.camt.entries import Entries, amount_at, bank_at, day_at, day_of
from counterfoil.adapters.banks.camt.tree import Names, decoded, growing
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import (
    NO_HINTS,
    Balance,
    Hints,
    ProblemCode,
    ReadStatements,
    StatementProblem,
    StatementRefused,
)
from counterfoil.kernel.statements import (
    Draft,
    account_of,
    beginning,
    check_size,
    count_of,
    exact_amount,
    gather,
    known_currency,
    plain,
    shown,
    spoken,
)

_NAMESPACE_WITHIN = 4_096
_NAMESPACE = re.compile(
    r"xmlns(?::[\w.-]{1,40})?\s{0,5}=\s{0,5}"
    r"[\"']([^\"'<>\s]{0,100}camt\.05([234])\.\d{3}\.\d{2})[\"']"
)
_MESSAGES = {"2": "BkToCstmrAcctRpt", "3": "BkToCstmrStmt", "4": "BkToCstmrDbtCdtNtfctn"}
_CONTAINERS = {"2": "Rpt", "3": "Stmt", "4": "Ntfctn"}
_STATEMENT = "3"
_PIECES_BEFORE_MAX = 8  # an envelope may stand before the message, a long one never does
_OPENING = ("OPBD", "PRCD")
_CLOSING = "CLBD"
_INTERIM = "ITBD"  # closes one page and opens the next


class CamtReader:
    """Statements of ISO 20022. Keeps no state."""

    def sniff(self, content: bytes) -> bool:
        """Whether a camt.052, .053 or .054 namespace is declared near the beginning."""
        return _NAMESPACE.search(beginning(content)) is not None

    def read(self, content: bytes, hints: Hints = NO_HINTS) -> ReadStatements:
        """Every statement, report or notification in the message; `StatementRefused` or all."""
        check_size(content)
        text = decoded(content)
        found = _NAMESPACE.search(text, 0, _NAMESPACE_WITHIN)
        if not found:
            raise StatementRefused("The file does not say that it is camt.052, .053 or .054.")
        message = Message(found[1], found[2])
        for root, is_whole in growing(text):
            message.take(root, is_whole=is_whole)
        return message.finish()


class Message:
    """One message while it is read: takes what is finished out of the tree and lets go of it."""

    def __init__(self, namespace: str, kind: str) -> None:
        names = self._names = Names(namespace)
        self._kind = kind
        self._format = f"camt.05{kind}"
        self._message = names[_MESSAGES[kind]]
        self._container = names[_CONTAINERS[kind]]
        self._takes = {
            names["Ntry"]: self._take_entry,
            names["Acct"]: self._take_account,
            names["Bal"]: self._take_balance,
            names["TxsSummry"]: self._take_summary,
        }
        self._drafts: list[Draft] = []
        self._problems: list[StatementProblem] = []
        self._count = 0
        self._pieces = 0
        self._growing: Element | None = None
        self._start()

    def _start(self) -> None:
        self._draft = Draft(place=self._count + 1, has_unique_refs=True)
        self._entries = Entries(self._names, self._draft, is_booked=self._kind == _STATEMENT)
        self._balances: list[tuple[str, Balance]] = []
        self._texts: dict[str, str] = {}
        self._summary: Element | None = None

    def take(self, root: Element, *, is_whole: bool) -> None:
        """Takes the statements and entries that are finished out of the growing tree."""
        self._pieces += 1
        if self._growing is None and self._pieces <= _PIECES_BEFORE_MAX:
            self._growing = next(root.iter(self._message), None)
        if self._growing is not None:
            self._take_statements(self._growing, is_whole=is_whole)
        if is_whole:  # some banks put several messages into one envelope
            for message in root.iter(self._message):
                self._take_statements(message, is_whole=True)

    def _take_statements(self, message: Element, *, is_whole: bool) -> None:
        finished = message[:] if is_whole else message[:-1]
        for element in finished:
            if element.tag == self._container:
                self._take_children(element, element[:])
                self._take_statement()
        del message[: len(finished)]
        if len(message) and message[0].tag == self._container:
            self._take_children(message[0], message[0][:-1])

    def _take_children(self, statement: Element, finished: list[Element]) -> None:
        for element in finished:
            take = self._takes.get(element.tag)
            if take is not None:
                take(element)
            else:
                self._take_text(element)
        del statement[: len(finished)]

    def _take_text(self, element: Element) -> None:
        name = element.tag.rpartition("}")[2]
        if name == "FrToDt":
            for part in element:
                self._texts[part.tag.rpartition("}")[2]] = (part.text or "").strip()
        elif not len(element):
            self._texts.setdefault(name, (element.text or "").strip())

    def _first(self, *names: str) -> str:
        return next((found for name in names if (found := self._texts.get(name, ""))), "")

    def finish(self) -> ReadStatements:
        """All statements; `StatementRefused` where there is none."""
        return gather(self._format, self._drafts, self._problems)

    def _take_account(self, element: Element) -> None:
        """The account stands before its balances and entries in every version."""
        names, draft = self._names, self._draft
        number = names.first(
            names.child(element, "Id"), ("IBAN",), ("Othr", "Id"), ("PrtryAcct", "Id")
        )
        if not number or draft.account.identifier:
            return
        bank = bank_at(names, names.child(element, "Svcr", "FinInstnId"))
        draft.account = account_of(number, bank)
        draft.currency = names.text(element, "Ccy")

    def _take_balance(self, element: Element) -> None:
        names = self._names
        kind = names.first(element, ("Tp", "CdOrPrtry", "Cd"), ("Tp", "Cd"))
        if kind not in (*_OPENING, _CLOSING, _INTERIM):
            return
        try:
            amount = amount_at(names.child(element, "Amt"), names.text(element, "CdtDbtInd"))
            balance = Balance(amount, day_at(names, names.child(element, "Dt")))
        except Refused as problem:
            words = f"The balance {kind} can't be read. {problem.message}"
            self._draft.report(self._draft.place, ProblemCode.BALANCE_UNREADABLE, words)
            return
        self._balances.append((kind, balance))

    def _take_entry(self, element: Element) -> None:
        self._count += 1
        self._draft.currency = self._draft.currency or self._currency(element)
        self._entries.take(element, self._count)

    def _take_summary(self, element: Element) -> None:
        self._summary = element

    def _currency(self, entry: Element) -> str:
        """The account's, by its balances; by the first entry where it has none."""
        if self._balances:
            return self._balances[0][1].amount.currency
        amount = self._names.child(entry, "Amt")
        return amount.get("Ccy", "") if amount is not None else ""

    def _take_statement(self) -> None:
        draft = self._draft
        draft.ref = plain(self._first("Id"))
        draft.sequence = plain(self._first("ElctrncSeqNb", "LglSeqNb"))
        try:
            if not draft.currency and self._balances:
                draft.currency = self._balances[0][1].amount.currency
            known_currency(draft.currency)
            draft.from_date = day_of(self._first("FrDt", "FrDtTm"))
            draft.to_date = day_of(self._first("ToDt", "ToDtTm"))
        except Refused as problem:
            words = f"Statement {shown(draft.ref)} is left out. {problem.message}"
            code = ProblemCode.STATEMENT_LEFT_OUT
            self._problems.append(StatementProblem(draft.place, code, words))
        else:
            self._choose_balances()
            self._check_summary(self._summary)
            self._drafts.append(draft)
        self._start()

    def _choose_balances(self) -> None:
        """The booked balances at both ends; on one page of several the interim ones stand in."""
        draft = self._draft
        for kind, balance in self._balances:
            if balance.amount.currency != draft.currency:
                words = f"The balance {kind} is in {balance.amount.currency}: it is not checked."
                draft.report(draft.place, ProblemCode.BALANCE_UNREADABLE, words)
        own = [one for one in self._balances if one[1].amount.currency == draft.currency]
        interim = [one for kind, one in own if kind == _INTERIM]
        if self._kind != _STATEMENT:
            interim = []  # an intraday report need not hold all that led to its balance
        for kind in reversed(_OPENING):
            found = [one for named, one in own if named == kind]
            draft.opening = min(found, key=_by_date, default=draft.opening)
        found = [one for named, one in own if named == _CLOSING]
        draft.closing = max(found, key=_by_date, default=None)
        if draft.opening is None and interim:
            draft.opening = interim.pop(0)
        if draft.closing is None and interim:
            draft.closing = interim.pop()

    def _check_summary(self, summary: Element | None) -> None:
        """Compares the bank's own counts and sums with the entries that are there."""
        names, draft, entries = self._names, self._draft, self._entries
        count = count_of(names.text(summary, "TtlNtries", "NbOfNtries"))
        if count is not None and count != entries.count:
            words = f"The bank counts {count} entries, the file holds {entries.count}."
            draft.report(draft.place, ProblemCode.TOTAL_DIFFERS, words)
        for name, minor in (("TtlCdtNtries", entries.credits), ("TtlDbtNtries", entries.debits)):
            told = names.text(summary, name, "Sum")
            if told:
                self._compare_sum(told, minor, "came in" if "Cdt" in name else "went out")

    def _compare_sum(self, told: str, minor: int, way: str) -> None:
        draft = self._draft
        try:
            says, reached = exact_amount(told, draft.currency), Money(minor, draft.currency)
        except Refused as problem:
            words = f"The bank's own sum can't be read. {problem.message}"
            draft.report(draft.place, ProblemCode.BALANCE_UNREADABLE, words)
            return
        if says != reached:
            words = f"By the bank's own sum {spoken(says)} {way}, by the entries {spoken(reached)}."
            draft.report(draft.place, ProblemCode.TOTAL_DIFFERS, words)


def _by_date(balance: Balance) -> date:
    return balance.on or date.min
