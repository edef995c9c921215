"""The values of the payouts' pages."""

from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.pages import BookEntry, Link
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout of the list."""

    url: str
    gateway: str
    made_at: datetime
    arrival_date: date | None
    descriptor: str
    amount: Money
    fee: Money
    unexplained: Money | None
    pill: Pill


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement that a payout pays; `unexplained` of it is nothing of ours, for `why`."""

    at: datetime
    what: str
    about: Link | None
    ref: str
    gross: Money
    fee: Money
    net: Money
    unexplained: Money | None
    why: str


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """One payout with everything that it pays."""

    row: PayoutRow
    explanation: str
    reference: str
    gateway_ref: str
    failure: str
    difference: Money | None
    bank_line: Link | None
    movements: tuple[MovementRow, ...]
    books: tuple[BookEntry, ...]
    csv_url: str
    read_url: str
