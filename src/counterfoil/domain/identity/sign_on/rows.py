"""The frozen rows of single sign-on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class SignOnKind(StrEnum):
    """The protocol that a connection speaks."""

    OIDC = "oidc"
    SAML = "saml"


@dataclass(frozen=True, slots=True)
class SignOnRow:
    """A connection: whose people come through it, and what they are then."""

    id: UUID
    kind: SignOnKind
    customer_id: UUID | None  # None: the business's own staff
    name: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    domains: tuple[str, ...]
    role: str
    rights: tuple[str, ...]
    makes_people: bool
    brings_back: bool
    is_required: bool
    is_shown: bool
    covers_second_factor: bool
    strong_contexts: tuple[str, ...]
    vouches_for_mail: bool
    allows_unasked: bool
    is_active: bool
    created_at: datetime

    @property
    def for_staff(self) -> bool:
        """Whether it leads to the backoffice, and nowhere else."""
        return self.customer_id is None


@dataclass(frozen=True, slots=True)
class SignOnForm:
    """What staff say of a connection; `domains` as they were typed in. `strong_contexts` are the
    provider's words for a sign-in by two factors: with any, one that says none of them was by one.
    """

    name: str
    domains: tuple[str, ...]
    role: str = ""
    rights: tuple[str, ...] = ()
    makes_people: bool = True
    brings_back: bool = False
    is_required: bool = False
    is_shown: bool = False
    covers_second_factor: bool = True
    strong_contexts: tuple[str, ...] = ()
    vouches_for_mail: bool = False
    allows_unasked: bool = False


@dataclass(frozen=True, slots=True)
class LedTo:
    """Where people of a captured domain sign in."""

    id: UUID
    name: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """What a sign-in page offers: buttons, and the way to those without one."""

    buttons: tuple[LedTo, ...]
    has_any: bool
