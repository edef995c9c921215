"""The values of the work list."""

from dataclasses import dataclass
from decimal import Decimal

from counterfoil.domain.identity.roles import Right
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that needs a person: the reason in words, and its one action.

    `post_url` makes the action a button; without it, the action is a link. `right` is what a role
    needs to open it: without that, the row says what waits, and no more.
    """

    title: str
    reason: str
    pill: Pill
    action: Link
    post_url: str = ""
    right: Right = Right.SEE


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the receivables bar; `share` is out of 1000, for drawing."""

    code: str
    words: str
    amount: Money
    percent: Decimal
    offset: int
    share: int


@dataclass(frozen=True, slots=True)
class Receivables:
    """What is open in one currency, by how late it is."""

    total: Money
    count: int
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """What ran by itself in the last 24 hours."""

    invoices_issued: int
    payments_received: int
    mails_sent: int


@dataclass(frozen=True, slots=True)
class WorkPage:
    """`count` may be larger than the number of rows: long kinds end in a link to their list."""

    count: int
    troubles: tuple[Trouble, ...]
    ran: Ran
    receivables: tuple[Receivables, ...]
    invoices_url: str
    tags: tuple[str, ...] = ()  # of the customers that the reader sees; none: all
