"""The values of the payments' pages."""

from dataclasses import dataclass
from datetime import datetime

from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.pages import (
    BookEntry,
    Filter,
    Happening,
    Link,
    MailRow,
    PaymentRow,
)
from counterfoil.surfaces.backoffice.paging import Paging
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class PaymentListPage:
    """The list; `of_customer` when it is one customer's."""

    rows: tuple[PaymentRow, ...]
    filters: tuple[Filter, ...]
    form_url: str
    paging: Paging
    search: str = ""
    status: str = ""
    customer: str = ""
    of_customer: Link | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What a payment is for, or covers: one invoice."""

    invoice: Link
    planned: Money
    applied: Money


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """One payment with its story. `ask_url` only while its outcome is open."""

    reference: str
    amount: Money
    pill: Pill
    explanation: str
    customer: Link
    payer: str
    method: str
    gateway: str
    gateway_ref: str
    begun_at: datetime
    finished_at: datetime | None
    failure: str
    parts: tuple[Part, ...]
    unapplied: Money | None
    happenings: tuple[Happening, ...]
    mails: tuple[MailRow, ...]
    books: tuple[BookEntry, ...]
    ask_url: str = ""
    checks: int = 0
    next_check_at: datetime | None = None
    receipt_url: str = ""
