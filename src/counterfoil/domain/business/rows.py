"""The frozen rows of a business and of its own bank accounts."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class BusinessRow:
    """A business as surfaces see it; the logo's bytes are read on their own."""

    id: BusinessId
    slug: str
    name: str
    legal_name: str
    address: dict[str, Any]
    tax_id: str
    email: str
    locale: str
    timezone: str
    currency: str
    accent: str
    logo_type: str
    brand_version: int
    part_floor: Decimal  # the least part that a payer may pay, in major units of any currency
    step_up_over: Decimal  # from here a payment by something saved asks who pays; the same units
    takes_prepayments: bool  # payers may pay without an invoice
    applies_credit: bool  # a customer's credit covers new invoices, the oldest due first
    debit_schemes: list[str]  # whose rules bank debits may follow
    creditor_ref: str  # the SEPA creditor identifier
    bacs_number: str  # the Bacs service user number
    schedule_days_max: int  # how many days ahead payers may plan a payment; 0: not at all
    surcharges: dict[str, Any]  # what paying one way costs on top, by method kind
    mails_seals: bool  # the seals of the trail go to those who may read it, once a day
    takes_registrations: bool  # people may ask for access by themselves


@dataclass(frozen=True, slots=True)
class NewBusiness:
    """A business to found, and the host names at which it answers, the one for links first; with
    a `staff_host`, staff come in there alone."""

    slug: str
    name: str
    currency: str
    hosts: tuple[str, ...]
    staff_host: str = ""
    legal_name: str = ""
    address: dict[str, str] = field(default_factory=dict)
    tax_id: str = ""
    email: str = ""
    locale: str = "en"
    timezone: str = "UTC"
    accent: str = "#0f5c4c"


@dataclass(frozen=True, slots=True)
class NewBankAccount:
    """An account of ours at a bank: its IBAN, or any other number."""

    holder: str
    currency: str
    iban: str = ""
    number: str = ""
    bic: str = ""
    bank_name: str = ""


@dataclass(frozen=True, slots=True)
class BankAccountRow:
    """An account of ours at a bank; `is_active` says that customers are shown it."""

    id: UUID
    holder: str
    iban: str
    number: str
    bic: str
    bank_name: str
    currency: str
    is_active: bool

    @property
    def identifier(self) -> str:
        """What it is told by: the IBAN in groups of four, or its number."""
        if not self.iban:
            return self.number
        return " ".join(self.iban[start : start + 4] for start in range(0, len(self.iban), 4))

    @property
    def name(self) -> str:
        """What staff know it by: the bank's name, if there is one, and the number."""
        return f"{self.bank_name} {self.identifier}".strip()
