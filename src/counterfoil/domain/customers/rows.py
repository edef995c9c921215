"""The frozen rows that customers hands out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as every reader gets it."""

    id: UUID
    name: str
    email: str
    phone: str
    locale: str
    timezone: str
    currency: str
    tax_id: str
    address: dict[str, Any]
    external_ref: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as every reader gets it."""

    id: UUID
    customer_id: UUID
    user_id: UUID | None
    name: str
    email: str
    locale: str
    gets_invoices: bool
    gets_receipts: bool
    may_sign_in: bool


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to add."""

    name: str
    email: str
    locale: str = ""
    gets_invoices: bool = True
    gets_receipts: bool = True


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to add; without contacts of its own, its `email` becomes the first one."""

    name: str
    locale: str
    timezone: str
    currency: str
    email: str = ""
    phone: str = ""
    tax_id: str = ""
    address: dict[str, str] = field(default_factory=dict)
    external_ref: str = ""
    contacts: tuple[NewContact, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A contact who may sign in, with the customer that it opens."""

    contact_id: UUID
    name: str
    email: str
    locale: str
    customer_id: UUID
    customer_name: str
    timezone: str
    currency: str
