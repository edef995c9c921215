"""The frozen values of personal data's own affairs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class Subject:
    """Who it is about: a person at a customer (`contact_id`), or the whole customer."""

    business_id: BusinessId
    customer_id: UUID
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """By what rows are known to be about a subject: its contacts, their addresses of today and
    before (in small letters), sign-ins and names as actors."""

    subject: Subject
    contact_ids: tuple[UUID, ...]
    mails: tuple[str, ...]
    users: tuple[UUID, ...]

    @property
    def actors(self) -> list[str]:
        """How histories name these people."""
        return [f"contact:{one}" for one in self.contact_ids]

    def params(self, at: datetime) -> dict[str, Any]:
        """What the conditions of the register ask for."""
        return {
            "business_id": self.subject.business_id,
            "customer_id": self.subject.customer_id,
            "contact_ids": list(self.contact_ids),
            "mails": list(self.mails),
            "actors": self.actors,
            "at": at,
        }


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy that was asked for."""

    id: UUID
    customer_id: UUID
    contact_id: UUID | None
    asked_at: datetime
    asked_by: str
    made_at: datetime | None
    expires_at: datetime | None
    size: int | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure that was asked for, and what became of it."""

    id: UUID
    customer_id: UUID
    contact_id: UUID | None
    asked_at: datetime
    asked_by: str
    erased_at: datetime | None
    declined_at: datetime | None
    decided_by: str
    reason: str
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Nobody has decided."""
        return self.erased_at is None and self.declined_at is None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of a customer: an invoice, a credit note, or the receipt of a payment."""

    kind: str
    id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class OpenMoney:
    """What is still under way with a customer: nothing is erased before it is done."""

    open_invoices: int
    unapplied_credits: int
    open_payments: int
    open_refunds: int
    open_chargebacks: int
    planned_payments: int
    drafts: int
    waiting_mandates: int
    waiting_approvals: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """The names of what is not nothing."""
        return tuple(name for name in self.__slots__ if getattr(self, name))
