"""The values of the pages of bank lines."""

from dataclasses import dataclass
from datetime import date

from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.ui.shell import Choice
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class LineRow:
    """One bank line in a list; `why` says why it waits, `payment` what it became."""

    url: str
    on: date
    amount: Money
    counterparty: str
    text: str
    pill: Pill
    why: str
    payment: Link | None = None


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An open invoice that a line can be given to."""

    id: str
    number: str
    customer: str
    customer_name: str
    due_date: date
    open: Money
    same_amount: bool = False


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer to give the line to, with the invoices that are open in its currency."""

    id: str
    name: str
    invoices: tuple[OpenInvoice, ...]


@dataclass(frozen=True, slots=True)
class RefundOffer:
    """What a line may be: a refund by hand (`refund`), or one of a payment that is not recorded."""

    payment: str
    refund: str
    customer_name: str
    amount: Money
    paid_on: date
    is_named: bool
    payment_url: str


@dataclass(frozen=True, slots=True)
class LinePage:
    """One bank line: what the bank says, what became of it, and what can be done.

    `customers` answer to the search `q`; `payer` is the one that was chosen.
    """

    row: LineRow
    counterparty_account: str
    reference: str
    bank_ref: str
    account: str
    note: str
    imported_on: date
    is_waiting: bool
    is_aside: bool
    can_be_paid: bool
    suggestions: tuple[OpenInvoice, ...]
    q: str
    customers: tuple[Link, ...]
    payer: Payer | None
    happenings: tuple[Happening, ...]
    assign_url: str
    aside_url: str
    back_url: str
    note_errors: tuple[str, ...] = ()
    refunds: tuple[RefundOffer, ...] = ()
    has_left: bool = False
    refund_url: str = ""
    not_refund_url: str = ""
    not_refund_words: str = ""


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line of a file and what will become of it."""

    on: date
    amount: Money
    counterparty: str
    text: str
    pill: Pill
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds; counts are of lines."""

    file_name: str
    fingerprint: str
    account_id: str
    format: str
    accounts: tuple[str, ...]
    settled: int
    settled_totals: tuple[Money, ...]
    waiting: int
    aside: int
    already: int
    pending: int
    new: int
    lines: tuple[PreviewLine, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Choose a file; then what it holds. `errors` are about the file."""

    accounts: tuple[Choice, ...]
    account_id: str = ""
    errors: tuple[str, ...] = ()
    preview: Preview | None = None
    settings_url: str = ""
