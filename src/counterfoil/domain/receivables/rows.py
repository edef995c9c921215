"""The frozen rows that receivables hands out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class NewItem:
    """An issued invoice as a debt to open."""

    id: UUID
    customer_id: UUID
    number: str
    external_ref: str
    issue_date: date
    due_date: date
    total: Money


@dataclass(frozen=True, slots=True)
class LockedItem:
    """An open item under lock, as a decision needs it."""

    id: UUID
    customer_id: UUID
    number: str
    currency: str
    due_date: date
    total_minor: int
    paid_minor: int
    credited_minor: int
    is_void: bool

    @property
    def open_minor(self) -> int:
        """What is left to pay."""
        return 0 if self.is_void else self.total_minor - self.paid_minor - self.credited_minor


@dataclass(frozen=True, slots=True)
class ClaimedItem:
    """What an attempt means to pay of one open item, which is under lock."""

    attempt_id: UUID
    amount_minor: int
    id: UUID
    customer_id: UUID
    number: str
    currency: str
    due_date: date
    total_minor: int
    paid_minor: int
    credited_minor: int
    is_void: bool

    @property
    def item(self) -> LockedItem:
        """The open item alone."""
        return LockedItem(**{name: getattr(self, name) for name in LockedItem.__slots__})


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """What an attempt means to pay of one invoice."""

    attempt_id: UUID
    invoice_id: UUID
    amount_minor: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """Who is paying an invoice right now."""

    invoice_id: UUID
    attempt_id: UUID
    amount_minor: int
    taken_at: datetime
    taken_by: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money or credit that arrived: a succeeded attempt's or a credit note's."""

    id: UUID
    customer_id: UUID
    kind: str
    amount: Money
    plan: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done with it: parts per invoice, which invoices it settled, and the rest."""

    id: UUID
    customer_id: UUID
    kind: str
    amount: Money
    parts: tuple[tuple[UUID, Money], ...]
    settled: tuple[UUID, ...]

    @property
    def unapplied(self) -> Money:
        """What stays the customer's credit."""
        rest = self.amount
        for _, part in self.parts:
            rest -= part
        return rest


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One issued invoice as a debt, as lists and pages read it."""

    id: UUID
    customer_id: UUID
    number: str
    external_ref: str
    currency: str
    issue_date: date
    due_date: date
    total_minor: int
    paid_minor: int
    credited_minor: int
    is_void: bool
    settled_at: datetime | None
    attempt_state: str | None  # of the attempt that holds it right now

    @property
    def open_minor(self) -> int:
        """What is left to pay."""
        return 0 if self.is_void else self.total_minor - self.paid_minor - self.credited_minor


@dataclass(frozen=True, slots=True)
class HomeItem:
    """An invoice on the home page: to pay (`due`) or among the newest."""

    place: str
    id: UUID
    customer_id: UUID
    number: str
    external_ref: str
    currency: str
    issue_date: date
    due_date: date
    total_minor: int
    paid_minor: int
    credited_minor: int
    is_void: bool
    settled_at: datetime | None
    attempt_state: str | None

    @property
    def item(self) -> ItemRow:
        """The same without its place."""
        names = (name for name in ItemRow.__slots__)
        return ItemRow(**{name: getattr(self, name) for name in names})


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One invoice of the business, drafts included, with its customer and how it stands."""

    id: UUID
    customer_id: UUID
    customer_name: str
    state: str
    number: str
    external_ref: str
    currency: str
    issue_date: date | None
    due_date: date | None
    created_at: datetime
    total_minor: int
    paid_minor: int
    credited_minor: int
    attempt_state: str | None

    @property
    def open_minor(self) -> int:
        """What is left to pay; a draft and a voided invoice owe nothing."""
        if self.state != "issued":
            return 0
        return self.total_minor - self.paid_minor - self.credited_minor


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What one customer owes in one currency, as of a day."""

    currency: str
    open_minor: int
    open_count: int
    overdue_minor: int
    overdue_count: int
    oldest_due_date: date | None
    next_due_date: date | None
    held_minor: int  # of it: a payment is on its way
    held_count: int
    unapplied_minor: int  # credit of the customer that covers nothing yet


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One attempt with the invoices it is, or was, for. `parts` are JSON: invoice, number,
    planned, applied (minor units)."""

    id: UUID
    customer_id: UUID
    customer_name: str
    state: str
    currency: str
    amount_minor: int
    payer: str
    gateway_ref: str
    instrument_kind: str
    instrument_brand: str
    instrument_last4: str
    failure_code: str
    failure_detail: str
    step_url: str
    created_at: datetime
    submitted_at: datetime | None
    finished_at: datetime | None
    checks: int
    unapplied_minor: int
    parts: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """So much of a payment or a credit note covers an invoice."""

    credit_id: UUID
    kind: str
    amount_minor: int
    at: datetime
    instrument_kind: str | None
    instrument_brand: str | None
    instrument_last4: str | None
    is_for_this_alone: bool
