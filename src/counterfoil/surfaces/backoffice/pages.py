"""The frozen values that several pages of the backoffice are drawn from: no template runs a query.

Words are translated before they come here; amounts, dates and moments are formatted by filters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui.lists import Paging
from counterfoil.surfaces.ui.words import Pill

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice over a list; `value` is what the list's address calls it."""

    words: str
    url: str
    is_current: bool
    value: str = ""


@dataclass(frozen=True, slots=True)
class ListPage(Generic[R]):
    """A list that is searched, filtered by state, and narrowed to `of_customer` where its address
    names one (`customer`)."""

    rows: tuple[R, ...]
    filters: tuple[Filter, ...]
    form_url: str
    paging: Paging
    search: str = ""
    status: str = ""
    customer: str = ""
    of_customer: Link | None = None


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice in a list; `number` of a draft is empty. `story_url`: what happened to it."""

    number: str
    url: str
    customer_name: str
    customer_url: str
    issued_date: date | None
    due_date: date | None
    total: Money
    amount_due: Money
    pill: Pill
    story_url: str
    external_ref: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment in a list, with the invoices it is for. `story_url`: what happened to it."""

    reference: str
    url: str
    customer_name: str
    customer_url: str
    at: datetime
    amount: Money
    pill: Pill
    story_url: str
    method: str
    invoices: tuple[Link, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail to one address, and whether it arrived."""

    words: str
    recipient: str
    at: datetime
    pill: Pill
    problem: str = ""
    about_url: str = ""
    again_url: str = ""  # only for a mail that failed
    reason: str = ""  # only for one that was not sent on purpose


@dataclass(frozen=True, slots=True)
class Happening:
    """One moment of a timeline: what, who did it from which address, why, and line by line what
    was changed; `has_hour` is false where only the day is known. `actor_url` is their own timeline,
    where the reader may see it; `detail` is what a gateway or a bank said, behind the words of the
    note."""

    at: datetime
    words: str
    actor: str = ""
    note: str = ""
    link: Link | None = None
    tone: str = "neutral"
    has_hour: bool = True
    lines: tuple[str, ...] = ()
    origin: str = ""
    actor_url: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BookPosting:
    """One amount from one account to another."""

    debit: str
    credit: str
    amount: Money


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One journal entry as people read it."""

    words: str
    at: datetime
    memo: str
    postings: Sequence[BookPosting]
