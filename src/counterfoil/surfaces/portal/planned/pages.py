"""The values that the page of a planned payment is drawn from."""

from dataclasses import dataclass
from datetime import date

from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.ways.values import Planned, Way


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """So much of one invoice."""

    number: str
    url: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One planned payment. While it can be changed there is a form that POSTs `pay_date` to
    `change_url`, one that POSTs `form_key`, `way` (one of `ways`) and `source` to `way_url`, and
    one that POSTs to `cancel_url`; `is_settled`: its invoices are paid meanwhile. `state`: planned,
    charging, paid, failed, ended or cancelled; `reason` is why it ended, `pay_url` where it is paid
    by hand. `late`: when invoices of it are due that its day comes after, or the `asked_date`: a
    day that is saved once the form names it as `late` too."""

    plan: Planned
    state: str
    parts: tuple[PlannedPart, ...]
    is_settled: bool
    change_url: str
    cancel_url: str
    first_date: date
    last_date: date
    reason: str = ""
    payment_url: str = ""
    error: str = ""
    ways: tuple[Way, ...] = ()  # what else could pay it: what is saved, and a new card
    way_url: str = ""
    form_key: str = ""
    pay_url: str = ""
    late: tuple[date, ...] = ()
    asked_date: date | None = None
