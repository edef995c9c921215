"""The frozen rows that insights hands out."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Violation:
    """One contradiction: what it is about, and what was found."""

    subject: str
    found: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How many rows of one kind a business has."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What all accounts of one kind hold in one currency, debit less credit."""

    kind: str
    currency: str
    balance_minor: int


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """A stored document with its lines and taxes as arrays, to be computed again."""

    id: UUID
    number: str
    currency: str
    discount_percent: Decimal
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    line_count: int
    is_part: bool  # a credit note against an invoice: rounded with the others against it
    quantities: list[Decimal]
    unit_prices: list[Decimal]
    discounts: list[Decimal]
    rates: list[Decimal]
    nets: list[int]
    tax_rates: list[Decimal]
    tax_bases: list[int]
    tax_amounts: list[int]


@dataclass(frozen=True, slots=True)
class CreditedInvoice:
    """An invoice that credit notes are against."""

    id: UUID
    number: str
    total_minor: int


@dataclass(frozen=True, slots=True)
class SeriesNumber:
    """One number that a series has given out; the series alone where it gave none."""

    code: str
    format: str
    next_number: int
    number: str
    issue_date: date | None
