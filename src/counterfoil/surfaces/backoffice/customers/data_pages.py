"""The values of the pages about a customer's personal data."""

from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.surfaces.ui.shell import Choice
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was asked for; without `file_url` it is still being made, came to nothing, or is
    gone."""

    whose: str
    asked_at: datetime
    asked_by: str
    pill: Pill
    expires_at: datetime | None
    file_url: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody was to be forgotten; `url` leads to the decision while it is open."""

    whose: str
    asked_at: datetime
    asked_by: str
    pill: Pill
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """What can be done about the personal data of a customer and its people (`whom`)."""

    customer: str
    back_url: str
    whom: tuple[Choice, ...]
    copies: tuple[Copy, ...]
    erasures: tuple[Erasure, ...]
    copy_url: str
    erase_url: str
    form_key: str


@dataclass(frozen=True, slots=True)
class Figure:
    """So many rows of one kind."""

    words: str
    count: int


@dataclass(frozen=True, slots=True)
class ErasePage:
    """What staff look at before they confirm; `reasons` say why it can't be done now."""

    whose: str
    is_whole: bool
    asked_at: datetime
    asked_by: str
    reasons: tuple[str, ...]
    goes: tuple[Figure, ...]
    trail_values: int
    sign_ins: int
    methods: int
    mandates: int
    mandate_months: int
    events_that_wait: int
    books_until: date | None
    confirm_url: str
    decline_url: str
    back_url: str
    problem: str = ""
