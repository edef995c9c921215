"""The values that the portal's first page is drawn from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.pages import InvoiceRow, PaymentRow
from counterfoil.surfaces.portal.ways.values import Planned

DayPart = Literal["morning", "afternoon", "evening"]


@dataclass(frozen=True, slots=True)
class UrgentInvoice:
    """The invoice to pay next in one currency: the oldest overdue one, else the next due one."""

    number: str
    url: str
    amount_due: Money
    due_in_days: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands open in one currency; currencies are never added up.

    `due` = overdue + due_soon: everything that is open and not already on its way. Of `unknown`
    nobody knows yet whether money moved; `asked` waits for the reader to confirm or to finish
    it, `asked_of_others` for somebody else, whose names those are. `going_back` is being refunded.
    """

    due: Money
    due_count: int
    overdue: Money
    overdue_count: int
    overdue_days_max: int
    due_soon: Money
    due_soon_count: int
    due_soon_date: date | None  # the next due date
    on_its_way: Money
    on_its_way_count: int
    on_its_way_until: date | None = None
    unknown: Money | None = None
    asked: Money | None = None
    asked_of_others: Money | None = None
    asked_names: tuple[str, ...] = ()
    credit: Money | None = None  # unapplied money of the customer
    going_back: Money | None = None
    urgent: UrgentInvoice | None = None
    pay_all_url: str = ""  # GET `currency`: everything that is due in it, to be confirmed there

    @property
    def is_moving(self) -> bool:
        """Whether something is open that is being paid: on its way, not known yet, or waiting for
        its payer. It is not due, and not paid either."""
        waits = self.asked or self.asked_of_others
        return bool(self.on_its_way_count or self.unknown or waits)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of the business has seen the portal as the customer does: who, when."""

    by: str
    at: datetime
    url: str  # everybody who looked, and why


@dataclass(frozen=True, slots=True)
class HomePage:
    """`balances` has one entry a currency, the most urgent first; empty = nothing ever open."""

    first_name: str
    customer_name: str
    day_part: DayPart  # formatting.day_part(now in the customer's time zone)
    balances: tuple[Balance, ...]
    newest: tuple[InvoiceRow, ...]  # at most 5
    last_payment: PaymentRow | None
    invoices_url: str
    payments_url: str
    has_history: bool = True  # False: a brand-new customer, nothing was ever invoiced
    ahead_url: str = ""  # paying without an invoice, where the business allows it
    planned: tuple[Planned, ...] = ()
    look: Look | None = None  # the last one, as long as it is news
