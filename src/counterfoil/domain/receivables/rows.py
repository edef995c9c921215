"""The frozen rows that receivables hands out."""

from dataclasses import dataclass
from datetime import date, datetime
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
