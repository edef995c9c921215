"""The frozen rows that identity hands out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.identity.roles import Limit, Right, Role
from counterfoil.domain.identity.scopes import Scope
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
    """A member of staff: `role` is a preset, or None for one of the business's own. With `tags`,
    they see the customers that carry one of these only."""

    user_id: UUID
    email: str
    name: str
    role: Role | None
    rights: frozenset[Right]
    own_role_id: UUID | None = None
    role_name: str = ""  # of one of the business's own
    limits: tuple[Limit, ...] = ()
    tags: tuple[str, ...] = ()
    is_former: bool = False

    def sees(self, customer_tags: Iterable[str]) -> bool:
        """Whether a customer with these tags, or something that is theirs, is theirs to see."""
        return not self.tags or not set(self.tags).isdisjoint(customer_tags)


@dataclass(frozen=True, slots=True)
class Employed:
    """A member of staff as the door sees them, with the password's hash."""

    user_id: UUID
    email: str
    name: str
    role: str
    password: str
    own_role_id: UUID | None
    role_name: str
    role_rights: list[str]
    tags: list[str]
    limits: list[dict[str, Any]]


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
    pay_locked_at: datetime | None = None  # since when nobody can pay by it


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key of the business; of the secret only its first characters are known. Until `old_until`
    the secret that it had before its rotation works too."""

    id: UUID
    hint: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    old_until: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """What a secret opens: a key that works at this moment, and when it was last used before."""

    id: UUID
    business_id: BusinessId
    name: str
    scopes: frozenset[Scope]
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody is to be here: a preset or one of the business's own roles, and the tags of the
    customers that they see (none: all)."""

    role: Role | None = None
    own_role_id: UUID | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffRoleRow:
    """A role as people choose it: a preset (`role`), or one of the business's own."""

    role: Role | None
    id: UUID | None
    name: str
    rights: frozenset[Right]
    limits: tuple[Limit, ...]
    people: int


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """Somebody was asked to work here, and has not answered yet."""

    id: UUID
    email: str
    role: Role | None
    own_role_id: UUID | None
    role_name: str
    tags: tuple[str, ...]
    inviter_id: UUID
    invited_by: str
    created_at: datetime
    expires_at: datetime
