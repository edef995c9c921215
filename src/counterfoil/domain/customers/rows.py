"""The frozen rows that customers hands out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.customers import rights as words
from counterfoil.domain.customers.rights import ALL, ContactRight, Rights
from counterfoil.domain.identity.rows import GuestLinkRow
from counterfoil.infra.secrets.box import open_long, place_of
from counterfoil.infra.secrets.fields import open_if_known, open_parts, open_parts_if_known


def place(customer_id: UUID, column: str) -> str:
    """Where a value of a customer stands, as it is sealed along."""
    return place_of("customers_customer", column, customer_id)


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as every reader gets it. What is sealed is opened when it is asked for: empty
    where its key is gone, and `SealBroken` where it was changed or moved."""

    id: UUID
    name: str
    email: str
    sealed_phone: str
    locale: str
    timezone: str
    currency: str
    sealed_tax_id: str
    sealed_address: str
    external_ref: str
    created_at: datetime

    @property
    def phone(self) -> str:
        """The phone number."""
        return open_if_known(self.sealed_phone, place(self.id, "phone"))

    @property
    def tax_id(self) -> str:
        """The tax number."""
        return open_if_known(self.sealed_tax_id, place(self.id, "tax_id"))

    @property
    def address(self) -> dict[str, Any]:
        """The postal address by its parts (`ADDRESS_FIELDS`)."""
        return open_parts_if_known(self.sealed_address, place(self.id, "address"))

    @property
    def particulars(self) -> dict[str, Any]:
        """Who they are, as a document keeps it; refuses (`SealBroken`) what can't be opened, for
        whatever reason: no document is issued with half of it."""
        return {
            "name": self.name,
            "tax_id": open_long(self.sealed_tax_id, place(self.id, "tax_id")),
            "address": open_parts(self.sealed_address, place(self.id, "address")),
            "email": self.email,
        }


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
    rights: list[str]

    def may(self, right: ContactRight) -> bool:
        """Whether this person may do it."""
        return self.may_sign_in and right.value in self.rights


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to add."""

    name: str
    email: str
    locale: str = ""
    gets_invoices: bool = True
    gets_receipts: bool = True
    rights: Rights = ALL  # a customer's first contact is the one who lets others in


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
    rights: list[str]

    @property
    def may(self) -> Rights:
        """What this person may do for this customer."""
        return words.read(self.rights)


@dataclass(frozen=True, slots=True)
class ContactChange:
    """What a contact may do from now on, and which mails they get."""

    rights: Rights
    gets_invoices: bool
    gets_receipts: bool


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """Somebody to be asked to become a contact of a customer."""

    customer_id: UUID
    name: str
    email: str
    locale: str
    rights: Rights
    gets_invoices: bool
    gets_receipts: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation as every reader gets it, accepted and withdrawn ones included."""

    id: UUID
    customer_id: UUID
    name: str
    email: str
    locale: str
    rights: list[str]
    gets_invoices: bool
    gets_receipts: bool
    invited_by: str
    inviter: str
    sent_at: datetime
    expires_at: datetime
    sends: int
    accepted_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted, if it has not expired."""
        return self.accepted_at is None and self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """Somebody who asks for access, decided or not."""

    id: UUID
    email: str
    name: str
    number: str
    customer_id: UUID | None
    asked_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkUseRow:
    """Who used a guest link on one day."""

    link_id: UUID
    origin: str
    device: str
    opened_count: int
    paid_count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class HeldLink:
    """A link that somebody holds: the number of the invoice that it opens (empty: what the
    customer owes), and who used it, the newest first."""

    link: GuestLinkRow
    number: str
    uses: tuple[LinkUseRow, ...]

    @property
    def last_at(self) -> datetime | None:
        """When it was used last."""
        return self.uses[0].last_at if self.uses else None

    @property
    def place_count(self) -> int:
        """From how many addresses and devices it was used."""
        return len({(one.origin, one.device) for one in self.uses})
