"""In or out: how the amounts of one file say it, decided for the whole file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from counterfoil.adapters.banks.delimited.names import CREDITS, DEBITS, words
from counterfoil.adapters.banks.delimited.table import Header, Row
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import BadAmount
from counterfoil.kernel.ports.banks import StatementRefused
from counterfoil.kernel.statements import shown


@dataclass(frozen=True, slots=True)
class Raw:
    """The amounts of one row in minor units as they stand, none where the cell is empty."""

    row: Row
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    is_pending: bool = False


Reading = Callable[[Raw], int]


def is_told(header: Header, raws: Sequence[Raw]) -> bool:
    """Whether the file says by itself which way its amounts went: by columns for both ways, by one
    that names the way, or by a minus anywhere."""
    has_columns = {"debit", "credit", "direction"} & header.columns.keys()
    return bool(has_columns) or _has_signs(raws)


def readings(header: Header, raws: Sequence[Raw]) -> list[tuple[str, Reading]]:
    """Every way in which the signs of this file can be read, each with its name.

    Refuses (`StatementRefused`) a list of card payments that does not say which way they went.
    """
    if "amount" in header.columns and not {"debit", "credit"} & header.columns.keys():
        return [("as they stand", _single(header, raws))]
    debits = [raw.debit for raw in raws if raw.debit]
    plain = ("with debits taken off", _taken_off)
    signed = ("with the sign of each", _as_signed)
    if all(one > 0 for one in debits):
        return [plain]
    return [signed] if all(one < 0 for one in debits) else [plain, signed]


def _single(header: Header, raws: Sequence[Raw]) -> Reading:
    has_signs = _has_signs(raws)
    column = header.column("direction")
    if column is None and not has_signs:
        column = _typed(header, raws)
    if column is not None:
        return lambda raw: _directed(raw, raw.row.at(column), has_signs=has_signs)
    if "card" in header.columns and "balance" not in header.columns:
        raise StatementRefused(
            "This is a list of card payments: it does not say which of them came in and which "
            "went out. Fetch the statement of the account instead."
        )
    return lambda raw: raw.amount or 0


def _has_signs(raws: Sequence[Raw]) -> bool:
    return any(raw.amount is not None and raw.amount < 0 for raw in raws)


def _typed(header: Header, raws: Sequence[Raw]) -> int | None:
    """The column of the type, where it says of every amount which way it went."""
    column = header.column("code")
    ways = {words(raw.row.at(column)) for raw in raws}
    return column if ways and ways <= DEBITS | CREDITS else None


def _directed(raw: Raw, told: str, *, has_signs: bool) -> int:
    """The amount with the direction of its row; a sign of its own may not say the opposite."""
    way = words(told)
    amount = raw.amount or 0
    if way not in DEBITS | CREDITS:
        raise Refused(f"{shown(told)} does not say whether money came in or went out.")
    sign = -1 if way in DEBITS else 1
    if has_signs and amount * sign < 0:
        raise BadAmount(f"Its sign and {shown(told)} say opposite things.")
    return sign * abs(amount)


def _taken_off(raw: Raw) -> int:
    return _one_of(raw, raw.credit or 0, -(raw.debit or 0))


def _as_signed(raw: Raw) -> int:
    return _one_of(raw, raw.credit or 0, raw.debit or 0)


def _one_of(raw: Raw, credit: int, debit: int) -> int:
    if credit and debit:
        raise BadAmount("It has an amount on both sides.")
    return credit or debit or raw.amount or 0
