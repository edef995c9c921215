"""The values of changes on pages."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One column of a change: what it was, and what it became."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of what, by whom, from which address."""

    at: datetime
    who: str
    origin: str
    what: str
    called: str
    verb: str
    is_change: bool
    steps: tuple[Step, ...]
    proof_url: str = ""
    who_url: str = ""
