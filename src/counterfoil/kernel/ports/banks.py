"""The port to bank statements: the bytes of a file go in, statements with exact lines come out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import Money
from counterfoil.kernel.references import Reference

CONTENT_BYTES_MAX = 100_000_000


class StatementRefused(Refused):
    """The file can't be read, nothing of it was; the message says where, why and what helps.

    The fact `line` is the line of the file, or the number of the entry in it, where that is known.
    """

    code = "statement_refused"
    message = "This file can't be read as a bank statement."


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account as the file names it: its IBAN where that is right, else any other number.

    `bank` is the bank's BIC, or its national code.
    """

    iban: str = ""
    number: str = ""
    bank: str = ""

    @property
    def identifier(self) -> str:
        """What the account is told by."""
        return self.iban or self.number


NO_ACCOUNT = BankAccount()


@dataclass(frozen=True, slots=True)
class Balance:
    """What was in the account, at the end of a day where the file says which."""

    amount: Money
    on: date | None = None


class LineState(StrEnum):
    """Whether the bank has booked a line."""

    BOOKED = "booked"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Batch:
    """The booking that a line is a part of: the bank booked `total` once, for `count` payments.

    `bank_ref` is the bank's reference of the whole booking; `message_ref` and `payment_ref` are
    the references of the file of payments that it came from, where the payer's own bank says so.
    """

    bank_ref: str = ""
    message_ref: str = ""
    payment_ref: str = ""
    count: int | None = None
    total: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One movement of money. `place` is its line in the file, or the number of its entry.

    `ref` is stable: the same movement has it in every file of this bank and format, so nothing
    is imported twice; two equal movements of one day have two. `amount` is positive for money
    that came in. `bank_ref` is the bank's own reference, `code` the bank's code for the kind of
    transaction. A reversal has the sign of what it does to the account.
    """

    ref: str
    place: int
    booked_date: date
    value_date: date | None
    amount: Money
    counterparty: str = ""
    counterparty_account: BankAccount = NO_ACCOUNT
    remittance: str = ""
    reference: Reference | None = None
    end_to_end_ref: str = ""
    bank_ref: str = ""
    code: str = ""
    batch: Batch | None = None
    is_reversal: bool = False
    state: LineState = LineState.BOOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatement:
    """One statement of one account. `lines` are booked; `pending` are never to be imported.

    `ref` is the bank's name for the statement, `sequence` its number (and sheet). Pages of one
    statement that stand in one file are one statement. `place` is where it begins.
    """

    place: int
    account: BankAccount
    currency: str
    ref: str = ""
    sequence: str = ""
    from_date: date | None = None
    to_date: date | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    lines: tuple[BankLine, ...] = ()
    pending: tuple[BankLine, ...] = ()


class ProblemCode(StrEnum):
    """What kind of thing was refused, left out or found wrong in a file that could be read."""

    BALANCE_DIFFERS = "balance_differs"  # opening and lines do not come to the closing balance
    TOTAL_DIFFERS = "total_differs"  # the bank's own counts or sums are not those of the lines
    BATCH_KEPT_WHOLE = "batch_kept_whole"  # its parts do not come to the booking: one line
    LINE_REFUSED = "line_refused"  # a line that can't be read: left out
    LINE_PENDING = "line_pending"  # not booked yet: among `pending`, not among `lines`
    LINE_EMPTY = "line_empty"  # moves no money, or is for information only: left out
    LINE_CORRECTS = "line_corrects"  # mends or deletes an earlier line: a person has to look
    LINE_REPEATED = "line_repeated"  # the bank gives the same line twice: told, both are kept
    ROW_NOT_A_BOOKING = "row_not_a_booking"  # sums and remarks between the rows of a table
    STATEMENT_LEFT_OUT = "statement_left_out"  # securities, a test, a deletion
    BALANCE_UNREADABLE = "balance_unreadable"  # so nothing is checked against it
    FILE_UNENDED = "file_unended"  # no line break at its end: the last line may be cut off
    ACCOUNT_MISSING = "account_missing"  # the file does not say whose lines these are


@dataclass(frozen=True, slots=True)
class StatementProblem:
    """One thing that was refused, left out or does not agree; `line` is its place in the file.

    The place is the line of a text file and the number of the entry in XML; 0 is the whole file.
    """

    line: int
    code: ProblemCode
    message: str


@dataclass(frozen=True, slots=True)
class ReadStatements:
    """What a file holds, in its order, and everything that a person should know about it."""

    format: str
    statements: tuple[BankStatement, ...]
    problems: tuple[StatementProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a person knows and a file may not say; what the file itself says always wins.

    `day_first` and `decimal_mark` decide what could be read in two ways, and nothing else.
    """

    account: str = ""
    currency: str = ""
    day_first: bool | None = None
    decimal_mark: str = ""


NO_HINTS = Hints()


class StatementReader(Protocol):
    """The capability to read one format."""

    def sniff(self, content: bytes) -> bool:
        """Whether the file looks like this format; says nothing about whether it is a good one."""

    def read(self, content: bytes, hints: Hints = NO_HINTS) -> ReadStatements:
        """Every statement in the file, or none: `StatementRefused` with place and reason.

        Raises nothing else, whatever the bytes are.
        """
