"""The frozen rows that approvals takes in and hands out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done: `command` says it so that it can be done later, word for word."""

    act: str
    about_kind: str
    about_id: UUID
    called: str
    command: Mapping[str, Any]
    form_key: str
    customer_id: UUID | None = None
    amount: Money | None = None
    counted_minor: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A request as every reader gets it."""

    id: UUID
    state: str
    act: str
    about_kind: str
    about_id: UUID
    customer_id: UUID | None
    called: str
    currency: str
    amount_minor: int
    counted_minor: int
    command: dict[str, Any]
    reason: str
    asked_by: UUID
    asked_name: str
    asked_at: datetime
    expires_at: datetime
    decided_by: UUID | None
    decided_name: str
    decided_at: datetime | None
    note: str
    problem: str
    customer_tags: list[str]

    @property
    def amount(self) -> Money | None:
        """The amount, where it is about one."""
        return Money(self.amount_minor, self.currency) if self.currency else None
