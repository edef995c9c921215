"""What readers of bank statements do alike: decode, read amounts, name lines, check the sums."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Required, TypedDict

from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import BadAmount, Money, UnknownCurrency, exponent
from counterfoil.kernel.ports.banks import (
    CONTENT_BYTES_MAX,
    NO_ACCOUNT,
    Balance,
    BankAccount,
    BankLine,
    BankStatement,
    Batch,
    LineState,
    ProblemCode,
    ReadStatements,
    StatementProblem,
    StatementRefused,
)
from counterfoil.kernel.references import Reference, compact, is_iban

_REF_BYTES = 16
_SHOWN_CHARACTERS = 60
_COUNT_DIGITS = 10
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)), " ")
_AMOUNTS = {
    ".": re.compile(r"([+-]?)([0-9]{1,15})(?:\.([0-9]{0,10}))?|([+-]?)\.([0-9]{1,10})"),
    ",": re.compile(r"([+-]?)([0-9]{1,15})(?:,([0-9]{0,10}))?|([+-]?),([0-9]{1,10})"),
}


class BadDay(Refused):
    """There is no such day, or it is not written as this format writes days."""

    code = "bad_day"
    message = "This is not a date."


class Movement(TypedDict, total=False):
    """The facts of a line as a reader finds them: a `BankLine` without its `ref`."""

    place: Required[int]
    booked_date: Required[date]
    value_date: Required[date | None]
    amount: Required[Money]
    counterparty: str
    counterparty_account: BankAccount
    remittance: str
    reference: Reference | None
    end_to_end_ref: str
    bank_ref: str
    code: str
    batch: Batch | None
    is_reversal: bool
    state: LineState


def check_size(content: bytes) -> None:
    """Refuses (`StatementRefused`) an empty file and one that is too large to be taken."""
    if not content.strip():
        raise StatementRefused("The file is empty.")
    if len(content) > CONTENT_BYTES_MAX:
        limit = CONTENT_BYTES_MAX // 1_000_000
        raise StatementRefused(f"The file has more than {limit} megabytes: fetch it in parts.")


def marked_encoding(content: bytes) -> str:
    """The encoding that the first bytes prove, or none."""
    return next((name for mark, name in _MARKS if content.startswith(mark)), "")


def beginning(content: bytes, size: int = 4_096) -> str:
    """The first bytes as text, for a look at what they are; what can't be decoded stands in."""
    first = content[:size]
    return first.decode(marked_encoding(first) or "latin-1", errors="replace")


def count_of(text: str) -> int | None:
    """A count that a bank gives, none where it gives none that can be read."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _COUNT_DIGITS else None


def decode(content: bytes, *encodings: str) -> str:
    """The text, by its mark if it has one, else by the first of the encodings that fits.

    Refuses (`StatementRefused`) where none fits, and text with NUL in it.
    """
    marked = marked_encoding(content)
    for encoding in [marked] if marked else encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise StatementRefused("The letters of this file can't be read: fetch it again from the bank.")


def plain(text: str | None) -> str:
    """One line of text, without control characters and without blanks around and in rows."""
    if not text:
        return ""
    return " ".join((text if text.isprintable() else text.translate(_CONTROL)).split())


def shown(text: str) -> str:
    """A piece of the file as a message quotes it: short, on one line."""
    one_line = plain(text)
    cut = one_line[:_SHOWN_CHARACTERS]
    return f"“{cut}…”" if len(one_line) > len(cut) else f"“{cut}”"


def exact_amount(text: str, currency: str, *, mark: str = ".") -> Money:
    """A plain amount in this currency; zeros after its decimals are let be.

    Refuses (`BadAmount`, `UnknownCurrency`) anything else, above all decimals that the currency
    does not have.
    """
    digits = exponent(currency)
    found = _AMOUNTS[mark].fullmatch(text)
    if not found:
        raise BadAmount(f"{shown(text)} is no amount.")
    sign, whole, fraction, bare_sign, bare = found.groups(default="")
    decimals = (fraction or bare).rstrip("0")
    if len(decimals) > digits:
        raise BadAmount(f"{shown(text)} has more decimals than {currency} has.")
    minor = int(whole + decimals.ljust(digits, "0") or "0")
    return Money(-minor if "-" in (sign, bare_sign) else minor, currency)


def spoken(money: Money) -> str:
    """An amount as a message names it: 1234.50 EUR."""
    return f"{money.decimal} {money.currency}"


def known_currency(text: str) -> str:
    """The code of a currency; `UnknownCurrency` for anything else."""
    try:
        exponent(text)
    except UnknownCurrency:
        what = f"{shown(text)} is no currency in use" if text else "It does not say its currency"
        raise UnknownCurrency(f"{what}.") from None
    return text


def calendar_day(year: int, month: int, day: int) -> date:
    """The day; `BadDay` where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDay(f"There is no day {year:04}-{month:02}-{day:02}.") from None


def account_of(text: str, bank: str = "") -> BankAccount:
    """The account: its IBAN where the check digits are right, else the number as it is given."""
    bare = compact(text)
    if is_iban(bare):
        return BankAccount(iban=bare, bank=plain(bank))
    return BankAccount(number=plain(text), bank=plain(bank))


@dataclass(kw_only=True)
class Draft:
    """A statement while it is read. `has_unique_refs`: the bank's reference alone tells a line.

    Where it does not, or is missing, all that is known of a line tells it.
    """

    place: int
    account: BankAccount = NO_ACCOUNT
    currency: str = ""
    ref: str = ""
    sequence: str = ""
    from_date: date | None = None
    to_date: date | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    has_unique_refs: bool = False
    problems: list[StatementProblem] = field(default_factory=list)
    _lines: list[BankLine] = field(default_factory=list)
    _pending: list[BankLine] = field(default_factory=list)
    _told: Counter[str] = field(default_factory=Counter)

    def report(self, line: int, code: ProblemCode, message: str) -> None:
        """Notes what a person should know."""
        self.problems.append(StatementProblem(line, code, message))

    def add(self, movement: Movement) -> None:
        """Takes a line, under a `ref` of its own.

        Leaves out, and reports, what moves no money and what is in another currency; keeps
        pending ones apart.
        """
        amount, place = movement["amount"], movement["place"]
        if not amount:
            self.report(place, ProblemCode.LINE_EMPTY, "Left out: it moves no money.")
        elif amount.currency != (self.currency or amount.currency):
            words = f"Left out: it is in {amount.currency}, the account in {self.currency}."
            self.report(place, ProblemCode.LINE_REFUSED, words)
        elif movement.get("state", LineState.BOOKED) is LineState.BOOKED:
            self._lines.append(BankLine(ref=self._ref(movement), **movement))
        else:
            self._pending.append(BankLine(ref=self._ref(movement), **movement))
            words = f"{spoken(amount)} is not booked yet: left out, it comes again once it is."
            self.report(place, ProblemCode.LINE_PENDING, words)

    def _ref(self, movement: Movement) -> str:
        amount, bank_ref = movement["amount"], movement.get("bank_ref", "")
        facts = [
            self.account.identifier,
            bank_ref,
            movement["booked_date"].isoformat(),
            str(amount.minor),
            amount.currency,
        ]
        if not (bank_ref and self.has_unique_refs):
            facts += _texts(movement)
        told = "\x1f".join(facts)
        self._told[told] += 1
        count = self._told[told]
        if count > 1 and bank_ref and self.has_unique_refs:
            words = f"The bank's reference {shown(bank_ref)} comes twice with the same day and sum."
            self.report(movement["place"], ProblemCode.LINE_REPEATED, words)
        digest = blake2b(f"{told}\x1f{count}".encode(), digest_size=_REF_BYTES)
        return digest.hexdigest()

    def finish(self) -> BankStatement:
        """The statement, its sums checked against its balances where it has both."""
        if not self.account.identifier:
            words = "The file does not say whose account this is: choose it yourself."
            self.report(self.place, ProblemCode.ACCOUNT_MISSING, words)
        self._check_balances()
        return BankStatement(
            place=self.place,
            account=self.account,
            currency=self.currency,
            ref=self.ref,
            sequence=self.sequence,
            from_date=self.from_date,
            to_date=self.to_date,
            opening=self.opening,
            closing=self.closing,
            lines=tuple(self._lines),
            pending=tuple(self._pending),
        )

    @property
    def sums(self) -> tuple[int, int]:
        """What came in and what went out, in minor units, both without sign."""
        minors = [line.amount.minor for line in self._lines]
        return sum(one for one in minors if one > 0), -sum(one for one in minors if one < 0)

    @property
    def lines(self) -> Sequence[BankLine]:
        """The booked lines up to now."""
        return self._lines

    @property
    def pending(self) -> Sequence[BankLine]:
        """The pending lines up to now."""
        return self._pending

    def _check_balances(self) -> None:
        if not self.opening or not self.closing:
            return
        incoming, outgoing = self.sums
        reached = self.opening.amount.minor + incoming - outgoing
        if reached != self.closing.amount.minor:
            words = (
                f"Opening balance {spoken(self.opening.amount)} plus lines of "
                f"{spoken_minor(incoming - outgoing, self.currency)} make "
                f"{spoken_minor(reached, self.currency)}; "
                f"the closing balance says {spoken(self.closing.amount)}."
            )
            self.report(self.place, ProblemCode.BALANCE_DIFFERS, words)


def _texts(movement: Movement) -> list[str]:
    """What tells lines apart that have no reference of the bank."""
    value_date, reference = movement["value_date"], movement.get("reference")
    account = movement.get("counterparty_account", NO_ACCOUNT)
    return [
        value_date.isoformat() if value_date else "",
        movement.get("counterparty", ""),
        account.identifier,
        movement.get("remittance", ""),
        reference.value if reference else "",
        movement.get("end_to_end_ref", ""),
        movement.get("code", ""),
    ]


def spoken_minor(minor: int, currency: str) -> str:
    """A sum of many amounts, which may be too large to be one itself."""
    digits = exponent(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}{f'.{rest:0{digits}}' if digits else ''} {currency}"


def gather(
    form: str, drafts: Iterable[Draft], problems: Iterable[StatementProblem] = ()
) -> ReadStatements:
    """All statements of a file, and all problems in the order of their places.

    Refuses (`StatementRefused`) a file in which there is no statement.
    """
    statements, told = [], list(problems)
    seen: set[str] = set()
    for draft in drafts:
        statement = draft.finish()
        statements.append(statement)
        told += draft.problems
        again = [line for line in statement.lines if line.ref in seen]
        if again:
            words = f"{len(again)} lines from here on stand in an earlier statement of this file."
            told.append(StatementProblem(again[0].place, ProblemCode.LINE_REPEATED, words))
        seen |= {line.ref for line in statement.lines}
    if not statements:
        left_out = [one.message for one in told if one.code is ProblemCode.STATEMENT_LEFT_OUT]
        why = left_out[0] if left_out else "The file holds no statement."
        raise StatementRefused(why, line=told[0].line if left_out else 0)
    return ReadStatements(form, tuple(statements), tuple(sorted(told, key=_place)))


def _place(problem: StatementProblem) -> int:
    return problem.line
