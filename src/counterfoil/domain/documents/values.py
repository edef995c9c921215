"""What a document says, as frozen and already exact values: nothing here is computed or rounded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.domain.documents.swiss.bill import PaymentPart
from counterfoil.kernel.money import exponent


class FiguresDisagree(ValueError):
    """A document whose own figures do not add up is never printed."""


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where a transfer goes: whose account it is, its facts line by line, the reference to give,
    and the code (SVG) that a banking program reads. With a `bill` the invoice is paid by the Swiss
    payment part, which says all of that."""

    holder: str
    lines: tuple[str, ...] = ()
    reference: str = ""
    code: str = ""
    bill: PaymentPart | None = None


@dataclass(frozen=True, slots=True)
class Genuine:
    """How anybody may ask whether the document is genuine: the page's address as it is typed, the
    whole link, the code of the document, and the link as a code (SVG)."""

    address: str
    link: str
    code: str
    picture: str


@dataclass(frozen=True, slots=True)
class Brand:
    """The sender. `accent` is `#rrggbb`, already dark enough to be read on white.

    `logo` is PNG, JPEG or SVG that was decoded and written anew before. `country` (ISO 3166,
    two letters) chooses the paper and the name of the tax.
    """

    name: str
    accent: str = "#0f5c4c"
    address: tuple[str, ...] = ()
    country: str = ""
    tax_id: str = ""
    contact_email: str = ""
    logo: bytes | None = None
    bank: BankDetails | None = None
    genuine: Genuine | None = None

    def __post_init__(self) -> None:
        if re.fullmatch(r"#[0-9a-fA-F]{6}", self.accent) is None:
            raise ValueError("the accent is not #rrggbb")


@dataclass(frozen=True, slots=True)
class Party:
    """The customer, as the letter's window shows it."""

    name: str
    address: tuple[str, ...] = ()
    tax_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; strings are plain decimals, rates are percent (`"5.5"`), `net_minor` is exact.

    Only the first line of `description` is set as its title; what follows a line break is a note.
    """

    description: str
    quantity: str
    unit_price: str
    tax_rate: str
    net_minor: int
    discount_percent: str | None = None


@dataclass(frozen=True, slots=True)
class TaxRow:
    """Tax of one rate: `tax_minor` on `base_minor`, both in minor units."""

    rate: str
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment that went to one invoice, in minor units."""

    invoice_number: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """An issued invoice. `subtotal_minor` is the sum of the lines' nets, before `discount_minor`.

    total = subtotal - discount + taxes; due = total - paid - credited. Anything else is refused.
    """

    brand: Brand
    customer: Party
    number: str
    currency: str
    issued_date: date
    due_date: date
    lines: Sequence[Line]
    subtotal_minor: int
    total_minor: int
    amount_due_minor: int
    tax_rows: Sequence[TaxRow] = ()
    discount_minor: int = 0
    discount_percent: str | None = None
    amount_paid_minor: int = 0
    amount_credited_minor: int = 0
    notes: str = ""
    external_ref: str = ""
    hosted_url: str = ""

    def __post_init__(self) -> None:
        _check_totals(self)
        rest = self.total_minor - self.amount_paid_minor - self.amount_credited_minor
        if rest != self.amount_due_minor:
            raise FiguresDisagree(f"amount due of {self.number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteDocument:
    """An issued credit note; its amounts are positive. Without `invoice_number` it is free."""

    brand: Brand
    customer: Party
    number: str
    currency: str
    issued_date: date
    lines: Sequence[Line]
    subtotal_minor: int
    total_minor: int
    tax_rows: Sequence[TaxRow] = ()
    discount_minor: int = 0
    discount_percent: str | None = None
    invoice_number: str = ""
    notes: str = ""
    external_ref: str = ""

    def __post_init__(self) -> None:
        _check_totals(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument:
    """A payment that arrived: allocations, `unapplied_minor`, `surcharge_minor` (for paying in this
    way) and what was paid back since (`refunded_minor`) are the whole of `total_minor`.

    `paid_at` is aware; `zone` is the IANA name of the zone that the page shows it in; `has_hour`
    is false where only the day is known.
    `method` is what the payer knows it by, such as `Visa •••• 4242`.
    """

    brand: Brand
    customer: Party
    number: str
    currency: str
    paid_at: datetime
    zone: str
    method: str
    total_minor: int
    has_hour: bool = True
    allocations: Sequence[Allocation] = ()
    unapplied_minor: int = 0
    refunded_minor: int = 0
    surcharge_minor: int = 0
    notes: str = ""

    def __post_init__(self) -> None:
        exponent(self.currency)
        if self.paid_at.tzinfo is None:
            raise ValueError("paid_at has no zone")
        applied = sum(each.amount_minor for each in self.allocations)
        rest = self.unapplied_minor + self.refunded_minor + self.surcharge_minor
        if applied + rest != self.total_minor:
            raise FiguresDisagree(f"allocations of {self.number}")


def _check_totals(document: InvoiceDocument | CreditNoteDocument) -> None:
    """Refuse a document whose lines, discount and taxes do not make its total."""
    exponent(document.currency)
    if document.lines and sum(line.net_minor for line in document.lines) != document.subtotal_minor:
        raise FiguresDisagree(f"subtotal of {document.number}")
    taxes = sum(row.tax_minor for row in document.tax_rows)
    if document.subtotal_minor - document.discount_minor + taxes != document.total_minor:
        raise FiguresDisagree(f"total of {document.number}")
