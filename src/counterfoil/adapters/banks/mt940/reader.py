"""Reads MT940 and MT942: several messages in one file, pages of one statement put together."""

import re

from counterfoil.adapters.banks.mt940.details import details_of
from counterfoil.adapters.banks.mt940.fields import balance, statement_line, sum_of
from counterfoil.adapters.banks.mt940.messages import Field, Message, messages
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import UnknownCurrency
from counterfoil.kernel.ports.banks import (
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
from counterfoil.kernel.references import compact, is_iban
from counterfoil.kernel.statements import (
    Draft,
    account_of,
    beginning,
    check_size,
    decode,
    gather,
    known_currency,
    plain,
    spoken,
)

_SNIFFED = re.compile(r"(?:^|[\r\n])[ \t\x01]{0,9}:(?:20|25P?|28C?|60[FM]|61|62[FM]|64|86):")
_NUMBER_AND_CURRENCY = re.compile(r"([0-9]{4,})[A-Z]{3}")
_INTERIM_CURRENCY = re.compile(r"([A-Z]{3})[CD]?[0-9].*")
_FRAMES = str.maketrans("", "", "\x01\x03")  # begin and end of a telex


class Mt940Reader:
    """Statements by SWIFT's rules for the MT series 9. Keeps no state."""

    def sniff(self, content: bytes) -> bool:
        """Whether a line near the beginning has one of the tags of MT940."""
        return _SNIFFED.search(beginning(content)) is not None

    def read(self, content: bytes, hints: Hints = NO_HINTS) -> ReadStatements:
        """Every statement of the file; `StatementRefused` where one is damaged or cut off."""
        check_size(content)
        text = decode(content, "utf-8", "cp1252", "latin-1").translate(_FRAMES)
        file = _File()
        for message in messages(re.split(r"\r\n|\n|\r", text)):
            file.take(message)
        return gather("mt942" if file.is_interim else "mt940", file.drafts, file.problems)


class _File:
    """All messages of a file, the pages of a statement put together."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.problems: list[StatementProblem] = []
        self.is_interim = False
        self._goes_on = False  # the last message was one page, and not the last one

    def take(self, message: Message) -> None:
        """Reads one message into a draft: a new one, or the one that it goes on with."""
        self.is_interim = self.is_interim or message.is_interim
        draft = Draft(place=message.line)
        draft.account = _account(message)
        draft.ref = plain(message.text("20"))
        draft.sequence = plain(message.text("28C", "28"))
        try:
            self._take_balances(message, draft)
        except UnknownCurrency as problem:
            words = f"The statement in line {message.line} is left out. {problem.message}"
            code = ProblemCode.STATEMENT_LEFT_OUT
            self.problems.append(StatementProblem(message.line, code, words))
            self._goes_on = False
            return
        draft = self._joined(message, draft)
        _take_lines(message, draft)
        _check_sums(message, draft)

    def _take_balances(self, message: Message, draft: Draft) -> None:
        if message.is_interim:
            found = _INTERIM_CURRENCY.fullmatch(message.text("34F"))
            draft.currency = known_currency(found[1] if found else "")
            return
        opening, closing = _balance(message, "60F", "60M"), _balance(message, "62F", "62M")
        draft.currency = opening.amount.currency
        if closing.amount.currency != draft.currency:
            line = message.line
            words = f"The statement in line {line} opens and closes in different currencies."
            raise StatementRefused(words, line=line)
        draft.opening, draft.closing = opening, closing
        draft.from_date, draft.to_date = opening.on, closing.on
        if not (opening.on and closing.on):
            words = "A balance has a date that the calendar does not have: it goes without one."
            draft.report(message.line, ProblemCode.BALANCE_UNREADABLE, words)

    def _joined(self, message: Message, draft: Draft) -> Draft:
        """The statement that this page belongs to, or the page as a statement of its own."""
        last = self.drafts[-1] if self.drafts else None
        is_page = self._goes_on and message.first("60M") is not None and last is not None
        self._goes_on = message.first("62M") is not None
        if not is_page or last is None or _number(last) != _number(draft):
            self.drafts.append(draft)
            return draft
        if last.closing and draft.opening and last.closing.amount != draft.opening.amount:
            words = (
                f"The page that begins here opens with {spoken(draft.opening.amount)}, "
                f"the one before it closes with {spoken(last.closing.amount)}."
            )
            last.report(message.line, ProblemCode.BALANCE_DIFFERS, words)
        last.closing, last.to_date = draft.closing, draft.to_date
        return last


def _number(draft: Draft) -> tuple[str, str]:
    """What the pages of one statement have in common: account and number, not the page's."""
    return draft.account.identifier, draft.sequence.partition("/")[0].lstrip("0")


def _account(message: Message) -> BankAccount:
    """`12030000/1234567` is bank and account; a currency behind the number is not part of it."""
    text = compact(message.text("25", "25P"))
    bank, slash, number = text.rpartition("/")
    number = number if slash else text
    bare = _NUMBER_AND_CURRENCY.fullmatch(number)
    if bare or is_iban(number[:-3]):
        number = number[:-3]
    field = message.first("25P")
    if field and len(field.lines) > 1:
        bank = field.lines[1]
    return account_of(number, bank)


def _balance(message: Message, *tags: str) -> Balance:
    field = message.first(*tags)
    assert field is not None, "messages() lets none pass without its balances"
    try:
        return balance(field.lines[0])
    except UnknownCurrency:
        raise
    except Refused as problem:
        words = f"Line {field.line}: {problem.message}"
        raise StatementRefused(words, line=field.line) from None


def _take_lines(message: Message, draft: Draft) -> None:
    """Each `:61:` with the `:86:` that follow it."""
    line: Field | None = None
    texts: list[str] = []
    for field in message.fields:
        if field.tag == "86" and line is not None:
            texts += field.lines
        elif field.tag != "NS":
            if line is not None:
                _take_line(line, texts, message, draft)
            line, texts = (field, []) if field.tag == "61" else (None, [])
    if line is not None:
        _take_line(line, texts, message, draft)


def _take_line(field: Field, texts: list[str], message: Message, draft: Draft) -> None:
    try:
        told = statement_line("\n".join(field.lines), draft.currency)
    except Refused as problem:
        words = f"Line {field.line} is left out. {problem.message}"
        draft.report(field.line, ProblemCode.LINE_REFUSED, words)
        return
    details = details_of(texts)
    is_pending = message.is_interim or told.is_expected
    draft.add(
        {
            "place": field.line,
            "booked_date": told.booked_date,
            "value_date": told.value_date,
            "amount": told.amount,
            "counterparty": details.counterparty,
            "counterparty_account": details.account,
            "remittance": _remittance(details.remittance or told.details, told.customer_ref),
            "reference": details.reference,
            "end_to_end_ref": details.end_to_end_ref,
            "bank_ref": told.bank_ref,
            "code": told.code + (f" {details.code}" if details.code else ""),
            "is_reversal": told.is_reversal,
            "state": LineState.PENDING if is_pending else LineState.BOOKED,
        }
    )


def _remittance(text: str, customer_ref: str) -> str:
    """The text with the reference of `:61:`, unless it holds that already."""
    return text if customer_ref in text else f"{text} {customer_ref}".strip()


def _check_sums(message: Message, draft: Draft) -> None:
    """MT942 counts and adds up its own lines."""
    minors = [line.amount.minor for line in draft.pending]
    for tag, own in (
        ("90C", [one for one in minors if one > 0]),
        ("90D", [-one for one in minors if one < 0]),
    ):
        field = message.first(tag)
        if field is None:
            continue
        try:
            count, total = sum_of(field.lines[0])
        except Refused as problem:
            words = f"Line {field.line}: {problem.message}"
            draft.report(field.line, ProblemCode.BALANCE_UNREADABLE, words)
            continue
        if (count, total.minor) != (len(own), sum(own)):
            words = (
                f"The bank counts {count} lines of {spoken(total)} together, here are {len(own)}."
            )
            draft.report(field.line, ProblemCode.TOTAL_DIFFERS, words)
