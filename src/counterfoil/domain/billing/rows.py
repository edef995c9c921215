"""The frozen rows that billing hands out."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from counterfoil.infra.secrets.box import place_of
from counterfoil.infra.secrets.fields import open_parts, open_parts_if_known
from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """What other nouns need of an invoice that was just issued, or of one that is voided."""

    id: UUID
    customer_id: UUID
    number: str
    external_ref: str
    currency: str
    issue_date: date
    due_date: date
    issued_at: datetime
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int

    @property
    def net(self) -> Money:
        """What is earned: without tax."""
        return Money(self.subtotal_minor - self.discount_minor, self.currency)

    @property
    def tax(self) -> Money:
        """What is collected for the authority."""
        return Money(self.tax_minor, self.currency)

    @property
    def total(self) -> Money:
        """What the customer owes for it."""
        return Money(self.total_minor, self.currency)


@dataclass(frozen=True, slots=True)
class IssuedCreditNote:
    """What other nouns need of a credit note that was just issued."""

    id: UUID
    customer_id: UUID
    invoice_id: UUID | None
    number: str
    currency: str
    issued_at: datetime
    net: Money
    tax: Money
    total: Money


_INVOICE, _CREDIT_NOTE = "billing_invoice", "billing_creditnote"


@dataclass(frozen=True, slots=True)
class InvoiceHead:
    """An invoice without its lines, as every reader gets it."""

    id: UUID
    customer_id: UUID
    state: str
    number: str
    currency: str
    issue_date: date | None
    due_date: date | None
    terms_days: int | None
    issued_at: datetime | None
    voided_at: datetime | None
    created_at: datetime
    discount_percent: Decimal
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    line_count: int
    notes: str
    external_ref: str
    sealed_party: str

    @property
    def party(self) -> dict[str, Any]:
        """The customer as it was at issue, as far as its key is here; `SealBroken` for one that was
        changed or moved. Nothing of a draft."""
        return open_parts_if_known(self.sealed_party, place_of(_INVOICE, "party", self.id))

    @property
    def billed_to(self) -> dict[str, Any]:
        """The same for a document: refuses (`SealBroken`) whatever can't be opened."""
        return open_parts(self.sealed_party, place_of(_INVOICE, "party", self.id))


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a document as stored."""

    id: UUID
    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    tax_rate: Decimal
    net_minor: int


@dataclass(frozen=True, slots=True)
class TaxRow:
    """Tax of one rate of a document as stored."""

    rate: Decimal
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class CreditNoteHead:
    """A credit note without its lines."""

    id: UUID
    customer_id: UUID
    invoice_id: UUID | None
    number: str
    currency: str
    issue_date: date
    issued_at: datetime
    discount_percent: Decimal
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    reason: str
    notes: str
    external_ref: str
    sealed_party: str
    issued_by: str

    @property
    def billed_to(self) -> dict[str, Any]:
        """The customer as it was at issue; refuses (`SealBroken`) what can't be opened."""
        return open_parts(self.sealed_party, place_of(_CREDIT_NOTE, "party", self.id))


@dataclass(frozen=True, slots=True)
class CreditedLineRow:
    """What was credited of one invoice line so far, as it is summed up in the database."""

    invoice_id: UUID
    line_id: UUID
    currency: str
    quantity: Decimal
    hundredfold: Decimal
    net_minor: int


@dataclass(frozen=True, slots=True)
class CreditedRateRow:
    """What was credited of one invoice at one tax rate so far."""

    invoice_id: UUID
    rate: Decimal
    net_minor: int
    hundredfold: Decimal
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class ReferredDocument:
    """A document by the reference that another system knows it by."""

    kind: str
    id: UUID
    customer_id: UUID
    external_ref: str
