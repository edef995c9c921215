"""Reads a file of a bank, and tells which of our accounts each of its statements is of."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from counterfoil.domain.business.rows import BankAccountRow
from counterfoil.flows.banking.sheets import as_text
from counterfoil.infra.registry import load
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ports.banks import (
    BankAccount,
    BankStatement,
    Hints,
    ReadStatements,
    StatementReader,
)
from counterfoil.kernel.references import compact

_TAIL_MIN = 6  # signs of an account's number that tell it


class OtherAccount(Refused):
    """The file is of an account that is not ours."""

    code = "other_account"
    message = "This statement is of an account that is not among yours."


class NoBankAccount(Refused):
    """The business has no bank account that a statement could be of."""

    code = "no_bank_account"
    message = "Add your bank account in the settings first."


@dataclass(frozen=True, slots=True)
class Ours:
    """A statement of one of our accounts."""

    account: BankAccountRow
    statement: BankStatement


def read_file(content: bytes, hints: Hints) -> ReadStatements:
    """What the file holds, by the reader of its format, a workbook as its CSV; `StatementRefused`
    says why it can't."""
    content = as_text(content)
    for path in settings.STATEMENT_READERS:
        reader: StatementReader = load(path)()
        if path == settings.STATEMENT_READERS[-1] or reader.sniff(content):
            return reader.read(content, hints)
    raise AssertionError("the last reader takes what is left")


def ours(
    read: ReadStatements, accounts: Sequence[BankAccountRow], chosen: BankAccountRow | None
) -> list[Ours]:
    """Each statement with our account it is of. Refuses the file whole (`OtherAccount`) if it
    names one that is not ours, or one in another currency; a file that names none is of `chosen`.
    """
    return [Ours(_account(one, accounts, chosen), one) for one in read.statements]


def _account(
    statement: BankStatement, accounts: Sequence[BankAccountRow], chosen: BankAccountRow | None
) -> BankAccountRow:
    named = statement.account.identifier
    if named:
        those = [one for one in accounts if is_same(one, statement.account)]
    else:
        those = [chosen] if chosen else []
    if not those:
        raise _other(named)
    same = [one for one in those if one.currency == statement.currency]
    if not same:
        message = (
            f"This statement is in {statement.currency}; your account {those[0].identifier} is "
            f"in {those[0].currency}."
        )
        raise OtherAccount(message, code="other_currency")
    return same[0]


def _other(named: str) -> OtherAccount:
    if not named:
        message = "The file does not say whose account it is: choose your account."
        return OtherAccount(message, code="account_missing")
    message = f"This statement is of the account {named}, which is not among yours."
    return OtherAccount(message, account=named)


def is_same(own: BankAccountRow, named: BankAccount) -> bool:
    """Whether a file's account is ours: the same IBAN or number, or a number that the IBAN of
    ours ends with."""
    ours, theirs = _plain(own.iban or own.number), _plain(named.identifier)
    if ours == theirs:
        return True
    tail = theirs.lstrip("0")
    return not named.iban and len(tail) >= _TAIL_MIN and ours.endswith(tail)


def _plain(text: str) -> str:
    return "".join(sign for sign in compact(text) if sign.isalnum())
