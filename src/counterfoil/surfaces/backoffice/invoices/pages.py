"""The values of the invoices' pages."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.pages import (
    BookEntry,
    Happening,
    Link,
    MailRow,
)
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the document as it is set."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Money
    tax_rate: Decimal
    discount_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax of one rate."""

    rate: Decimal
    base: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums under the lines."""

    subtotal: Money
    taxes: tuple[Tax, ...]
    total: Money
    discount: Money | None = None
    discount_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PayingNow:
    """Somebody is paying this invoice at this moment."""

    payer: str
    since: datetime
    amount: Money
    url: str
    pill: Pill


@dataclass(frozen=True, slots=True)
class GuestLink:
    """A link that opens this invoice without a sign-in; the invoice's own address has no reader,
    and before it is opened for the first time no dates."""

    sent_to: str
    sent_at: datetime | None
    expires_at: datetime | None
    opened_at: datetime | None
    is_expired: bool
    revoke_url: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One invoice with its life. URLs of actions are empty where the state does not allow them."""

    url: str
    title: str
    number: str
    pill: Pill
    customer: Link
    customer_address: tuple[str, ...]
    issued_date: date | None
    due_date: date | None
    terms_days: int | None
    external_ref: str
    notes: str
    lines: tuple[Line, ...]
    line_count: int
    totals: Totals
    amount_due: Money
    paid: Money
    credited: Money
    written_off: Money
    pdf_url: str
    happenings: tuple[Happening, ...]
    timeline_url: str
    mails: tuple[MailRow, ...]
    books: tuple[BookEntry, ...]
    guest_links: tuple[GuestLink, ...] = ()
    taken_back: Pill | None = None  # what a payer's bank did with a payment of it
    paying: PayingNow | None = None
    edit_url: str = ""
    preview_url: str = ""
    issue_url: str = ""
    delete_url: str = ""
    void_url: str = ""
    credit_url: str = ""
    write_off_url: str = ""
    write_off_back_url: str = ""
    send_url: str = ""
    form_key: str = ""


@dataclass(frozen=True, slots=True)
class LineForm:
    """One line as typed, and what is wrong with it, by field."""

    values: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What was typed."""
        return self.values.get(name, "")

    def problems(self, name: str) -> list[str]:
        """The errors of one field."""
        return self.errors.get(name, [])


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft being written. `form` fields: currency, due_date, terms_days, discount_percent,
    notes, external_ref; `focus_line` is the line that was just added."""

    customer: Link
    form: FormState
    lines: tuple[LineForm, ...]
    totals: Totals | None
    left_out: int
    save_url: str
    totals_url: str
    back_url: str
    form_key: str
    is_new: bool
    focus_line: int = -1


@dataclass(frozen=True, slots=True)
class WriteOffPage:
    """What is left of an invoice is to be written off; what will follow, and whether a second
    person has to agree (`is_asked`)."""

    invoice: str
    customer: str
    amount: Money
    reason: str
    form_key: str
    back_url: str
    is_asked: bool
    errors: tuple[str, ...] = ()
    form_errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """One step that can't be undone: what will follow, and the button that does it."""

    kind: Literal["issue", "void", "delete"]
    invoice: str
    customer: str
    total: Money
    do_url: str
    back_url: str
    due_date: date | None = None
    recipients: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One line of the invoice that may be credited: how much of it, and what is left."""

    line_id: str
    description: str
    left: Decimal
    unit_price: Decimal
    value: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditPage:
    """A credit note being written, or (`is_review`) shown before it is issued; `is_asked`: a second
    person has to agree."""

    invoice: str
    customer: str
    currency: str
    lines: tuple[CreditLine, ...]
    totals: Totals | None
    left: Money
    reason: str
    form_errors: tuple[str, ...]
    do_url: str
    back_url: str
    form_key: str
    is_review: bool = False
    is_asked: bool = False
    covers: Money | None = None
    becomes_credit: Money | None = None
    recipients: tuple[str, ...] = ()
