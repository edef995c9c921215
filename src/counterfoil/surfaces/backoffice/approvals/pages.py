"""The values of the pages about what needs a second person."""

from dataclasses import dataclass
from datetime import datetime

from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """One request in the list: `about` leads to what it is about, `asked_url` to what its asker
    did, where the reader may see that."""

    title: str
    url: str
    called: str
    about: Link | None
    asked_by: str
    asked_url: str
    asked_at: datetime
    pill: Pill


@dataclass(frozen=True, slots=True)
class ApprovalsPage:
    """The newest requests, whatever became of them."""

    lines: tuple[ApprovalLine, ...]


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """One request: what was asked, by whom, and what the reader may do about it."""

    title: str
    pill: Pill
    told: str
    amount: Money | None
    counted: Money | None
    facts: tuple[tuple[str, str], ...]
    about: Link | None
    story_url: str
    asked_by: str
    asked_url: str
    asked_at: datetime
    expires_at: datetime
    reason: str
    decided_by: str
    decided_url: str
    decided_at: datetime | None
    note: str
    back_url: str
    may_decide: bool
    why_not: str
    decide_url: str
    withdraw_url: str
    is_final: bool = False  # what is approved can't be undone
