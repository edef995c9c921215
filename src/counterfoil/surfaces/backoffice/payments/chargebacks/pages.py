"""The values of a chargeback's page."""

from dataclasses import dataclass
from datetime import datetime

from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.pages import BookEntry, Happening, Link
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class ChargebackLine:
    """One chargeback on its payment's page."""

    url: str
    amount: Money
    pill: Pill
    reason: str
    at: datetime
    explanation: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the answer."""

    name: str
    size: str
    url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class ChargebackPage:
    """One chargeback with its story. The addresses of actions are empty where they make no
    sense (any more)."""

    reference: str
    gateway_ref: str
    gateway: str
    amount: Money
    fee: Money
    pill: Pill
    explanation: str
    problem: str
    reason: str
    reason_code: str
    customer: Link
    payment: Link
    opened_at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    sent_at: datetime | None
    text: str
    files: tuple[FileLine, ...]
    happenings: tuple[Happening, ...]
    books: tuple[BookEntry, ...]
    answer_url: str = ""
    files_url: str = ""
    accept_url: str = ""
    ask_url: str = ""
    looked_url: str = ""
    text_errors: tuple[str, ...] = ()
    file_errors: tuple[str, ...] = ()
    form_errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AcceptPage:
    """A chargeback is to be given up; what will follow."""

    amount: Money
    customer: str
    back_url: str
