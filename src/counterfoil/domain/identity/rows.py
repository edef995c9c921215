"""The frozen rows that identity hands out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.identity.roles import Role
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class UserRow:
    """A sign-in."""

    id: UUID
    email: str
    name: str
    locale: str
    proof: str  # of the password, for a session to keep; tells nothing of it


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of staff."""

    user_id: UUID
    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Employed:
    """A member of staff as the door sees them, with the password's hash."""

    user_id: UUID
    email: str
    name: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class GuestLinkRow:
    """A link that opens one invoice, or what a customer owes; its secret is not known any more."""

    id: UUID
    business_id: BusinessId
    invoice_id: UUID | None  # None: the customer's balance
    customer_id: UUID
    sent_to: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key of the business; of the secret only its first characters are known."""

    id: UUID
    hint: str
    name: str
    created_at: datetime
    revoked_at: datetime | None
