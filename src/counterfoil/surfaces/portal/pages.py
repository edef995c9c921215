"""The frozen values that portal pages are drawn from, so that a template can never run a query.

Every page template is given `shell` (`surfaces.ui.shell.Shell`) and `page` (the class named in
the template's first comment). Words are never passed in: rows carry codes, and templates turn
codes into translated words. A moment is an aware datetime, shown in the active time zone; a date
is a date. URLs are ready to use. `None`, an empty string and an empty tuple mean "not drawn".
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

from counterfoil.domain.documents.transfers import Transfer
from counterfoil.domain.notifications.waiting import is_soon_known
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.ways.values import Method, PlanForm, Planned, Step, Way
from counterfoil.surfaces.ui.lists import ONE_PAGE, Paging
from counterfoil.surfaces.ui.shell import Choice, FormState

InvoiceState = Literal[
    "open",
    "part_paid",
    "overdue",
    "processing",  # a slow payment for the whole rest is on its way
    "checking",  # the outcome of a payment is unknown
    "asked",  # a payment waits for its payer to confirm it
    "paid",
    "credited",  # nothing due because of credit notes
    "void",
    "uncollectible",
]
PaymentState = Literal[
    "processing",
    "action_required",  # the reader has to confirm it
    "asked",  # somebody else has to
    "succeeded",
    "failed",
    "unknown",
    "cancelled",
    "stopped",  # somebody stopped it before money moved
    "refunded",
    "part_refunded",
    "contested",  # the payer's bank looks at it
    "charged_back",
    "returned",  # a debit had arrived, and the payer's bank sent it back
]
InvoiceSort = Literal["due", "newest", "oldest", "amount"]
ResultState = Literal[
    "received", "processing", "declined", "stopped", "unfinished", "checking", "returned"
]


# ---- Shared by several pages ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice in a list. `due_in_days` counts in the business's days: negative = overdue."""

    number: str
    url: str
    issued_date: date
    due_date: date
    due_in_days: int
    state: InvoiceState
    total: Money
    amount_due: Money
    paid_date: date | None = None
    external_ref: str = ""
    can_be_chosen: bool = False  # something is due, and nobody is paying it
    is_chosen: bool = False  # ticked


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """What a payment did to one invoice. `left` is what stays due there, if anything."""

    number: str
    url: str  # empty for a guest who may not open it
    amount: Money
    left: Money | None = None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment (an attempt, whatever its end) in the history, which is in the order of `at`:
    when it was begun. `arrived_date`: its money came on another day."""

    reference: str  # the outside id, pay_...
    url: str  # its result page; empty = not linked
    at: datetime
    amount: Money
    state: PaymentState
    method: Method | None = None
    invoices: tuple[PaidInvoice, ...] = ()
    receipt_url: str = ""
    failure_code: str = ""  # a FailureCode, only with state "failed" and "returned"
    credit: Money | None = None  # what of it is the customer's credit now
    arrived_date: date | None = None


# ---- One invoice: portal/invoices/page.html (fragment block: stub) -----------------------------


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """`unit_price` is in major units (it may have more decimals than the currency)."""

    description: str  # first line = what, further lines = notes under it
    quantity: Decimal
    unit_price: Decimal
    net: Money
    discount_percent: Decimal | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TaxRow:
    """Tax of one rate (percent) on the sum of the nets."""

    rate: Decimal
    base: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One credit note: `amount` is what it took off the invoice, of its `total`."""

    number: str
    issued_date: date
    amount: Money
    total: Money
    pdf_url: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """One payment that arrived for the invoice: `amount` is what was applied to it; below zero it
    was paid back, or (`is_moved`) only moved to the customer's credit."""

    at: datetime
    amount: Money
    method: Method | None = None
    receipt_url: str = ""
    is_contested: bool = False  # the payer's bank has it, and has not decided
    is_moved: bool = False
    is_from_credit: bool = False  # what credit covered; it names no method


@dataclass(frozen=True, slots=True)
class Decline:
    """Why the last try did not work; it moved no money. `code` is a FailureCode."""

    code: str
    at: datetime | None = None
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class CameBack:
    """A payment that the payer's bank took back after it had arrived: a debit, with a FailureCode,
    or a charge that the payer contested, without one. Or a debit that it refused, so that no money
    moved."""

    at: datetime
    amount: Money
    code: str
    is_contested: bool = False
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where a transfer can go and what to write on it; `code` is the picture that a banking
    program reads (SVG), `is_swiss` says of which kind. `is_for_all`: the reference is the
    customer's own, and no invoice's."""

    transfer: Transfer
    code: str = ""
    is_swiss: bool = False
    is_for_all: bool = False


@dataclass(frozen=True, slots=True)
class Payable:
    """The stub that can be paid now. The form POSTs `form_key`, `way` (one of `ways`), and `source`
    (the token) where it has fields. `wallets` are buttons of their own, above the choice, and below
    it for who mostly pays by something else; who mostly pays by transfer sees that first."""

    face: ClassVar[str] = "payable"
    amount: Money
    pay_url: str
    form_key: str
    ways: tuple[Way, ...]
    wallets: tuple[Way, ...] = ()
    wallets_last: bool = False
    transfer_first: bool = False
    decline: Decline | None = None
    returned: CameBack | None = None  # what came back, or was refused, and reopened the invoice
    email: str = ""  # where the receipt will go
    confirm_url: str = ""  # GET `invoice`, `amount`: another amount, to be confirmed there
    credit: Money | None = None  # unapplied money of the customer that could cover it
    credit_url: str = ""
    bank: BankDetails | None = None  # the other way to pay
    plan: PlanForm | None = None  # pay it on another day
    planned: Planned | None = None  # it is in a plan already


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody (perhaps the same person in another tab) is paying right now.

    `resume_url` (only for the one who began): go on with `step`, at the bank's or the gateway's
    page. With a guest link `is_self` is only the browser that it was begun in; any other that has
    the link reads `is_by_link`, and may still stop it.
    """

    face: ClassVar[str] = "busy"
    amount: Money
    since: datetime
    poll_url: str
    payer_name: str = ""  # empty = not to be told to this reader
    is_self: bool = False
    is_by_link: bool = False
    link_sent_to: str = ""
    method: Method | None = None
    resume_url: str = ""
    step: Step | None = None
    stop_url: str = ""


@dataclass(frozen=True, slots=True)
class Processing:
    """The payment was accepted and is not certain yet: a debit takes days, coins minutes. What will
    be known soon has a `poll_url`; `arrived`: less than was to be sent."""

    face: ClassVar[str] = "processing"
    amount: Money
    since: datetime
    expected_date: date | None = None
    method: Method | None = None
    payer_name: str = ""
    payment_url: str = ""
    is_about: bool = False  # that day is our own guess, not the gateway's word
    arrived: Money | None = None
    poll_url: str = ""


@dataclass(frozen=True, slots=True)
class Checking:
    """The outcome is unknown: nobody may pay again until it is known."""

    face: ClassVar[str] = "checking"
    amount: Money
    since: datetime
    poll_url: str
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """The stub became the receipt. `receipt_url` = the newest payment's, if not all is `credit`."""

    face: ClassVar[str] = "paid"
    amount: Money
    paid_at: datetime
    method: Method | None = None
    reference: str = ""
    receipt_url: str = ""
    credit: Money | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing can be paid here any more; written_off: so much. covered: by free credit notes."""

    face: ClassVar[str] = "closed"
    reason: Literal["void", "credited", "covered", "written_off"]
    on_date: date | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Offline:
    """Due, but no gateway can take it, or (`is_locked`) nobody can pay by this link any more: how
    to pay otherwise."""

    face: ClassVar[str] = "offline"
    amount: Money
    bank: BankDetails | None = None
    is_locked: bool = False
    sign_in_url: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Due, and the reader may not pay."""

    face: ClassVar[str] = "seen"
    amount: Money


Stub = Payable | Busy | Processing | Checking | Paid | Closed | Offline | Seen


@dataclass(frozen=True, slots=True)
class GuestLink:
    """A link to this invoice that somebody holds; the customer may take it back."""

    sent_to: str
    sent_at: datetime
    expires_at: datetime | None
    revoke_url: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One invoice, its lines and its stub. `all_lines_url` is set when lines were left out."""

    number: str
    state: InvoiceState
    issued_date: date
    due_date: date
    due_in_days: int
    customer_name: str
    lines: tuple[InvoiceLine, ...]
    line_count: int
    subtotal: Money
    taxes: tuple[TaxRow, ...]
    total: Money
    amount_due: Money
    stub: Stub
    pdf_url: str
    paid_date: date | None = None
    customer_address: tuple[str, ...] = ()
    customer_tax_id: str = ""
    seller_tax_id: str = ""
    external_ref: str = ""
    discount_percent: Decimal | None = None  # on the whole invoice
    discount_total: Money | None = None
    notes: str = ""  # the business's own words, line breaks kept
    credits: tuple[CreditRow, ...] = ()
    received: tuple[ReceivedRow, ...] = ()
    written_off: Money | None = None  # what of the rest is not asked for any more
    all_lines_url: str = ""
    guest_links: tuple[GuestLink, ...] = ()
    is_by_link: bool = False  # the reader came without signing in

    @property
    def asks_again(self) -> bool:
        """Whether the stub changes by itself."""
        return isinstance(self.stub, Busy | Processing | Checking) and bool(self.stub.poll_url)

    @property
    def covered(self) -> Money:
        """What payments and credit notes cover of it now."""
        rest = self.total - self.amount_due
        return rest - self.written_off if self.written_off else rest


# ---- Result: portal/pay/result.html (fragment block: result) -----------------------------------


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A refund that the business gives back itself, by `bank_transfer`, `cheque` or `cash`; without
    a moment it is on its way."""

    amount: Money
    method: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResultPage:
    """What became of one payment. `poll_url` only with states "checking" and "unfinished", and with
    "processing" where it will be known soon; `resume_url` (the bank's or the gateway's page) and
    `step` only with "unfinished", `stop_url` only while it can be stopped. `arrived`: less than was
    to be sent."""

    state: ResultState
    amount: Money
    at: datetime
    reference: str
    method: Method | None = None
    invoices: tuple[PaidInvoice, ...] = ()
    unapplied: Money | None = None  # more than was due: kept as credit
    surcharge: Money | None = None  # what of it is for paying in this way
    receipt_url: str = ""
    mailed_to: tuple[str, ...] = ()  # the receipt is on its way there, or will be
    mailed: tuple[str, ...] = ()  # it has gone there
    expected_date: date | None = None
    failure_code: str = ""
    retry_url: str = ""
    poll_url: str = ""
    back_url: str = ""  # the invoice (guest) or the list of invoices
    retry_is_less: bool = False  # less is due now than it was to pay
    is_settled_since: bool = False  # nothing is due any more of what it was to pay
    refunded: Money | None = None
    refunding: Money | None = None  # a refund is on its way
    handed_back: tuple[HandedBack, ...] = ()  # by the business itself, the oldest first
    to_fetch: tuple[tuple[Money, str], ...] = ()  # refunds that wait for the payer, and where
    contested: Money | None = None  # the payer's bank has it, and has not decided
    charged_back: Money | None = None  # the payer's bank took it back for good
    resume_url: str = ""
    step: Step | None = None
    arrived: Money | None = None
    stop_url: str = ""
    is_about: bool = False  # that day is our own guess, not the gateway's word

    @property
    def is_soon_known(self) -> bool:
        """Whether it was accepted, and is worth waiting for here."""
        kind = self.method.kind if self.method else ""
        return self.state == "processing" and not self.expected_date and is_soon_known(kind)


# ---- Payments: portal/payments/list.html (fragment block: results) -----------------------------


@dataclass(frozen=True, slots=True)
class PaymentListPage:
    """The history. The form sends GET `q` to `form_url`; `csv_url` keeps the search."""

    rows: tuple[PaymentRow, ...]
    form_url: str
    csv_url: str
    paging: Paging = ONE_PAGE
    search: str = ""


# ---- Profile: portal/profile/page.html ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may see this customer's invoices."""

    name: str
    email: str
    is_self: bool = False
    preset: str = "manages"


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """Fields in `form`: name, phone, locale, timezone and, with `can_edit_billing`, address_line1,
    address_line2, postal_code, city, region, country (ISO 3166 code), tax_id.
    """

    form: FormState
    save_url: str
    email: str
    customer_name: str
    locales: tuple[Choice, ...]
    timezones: tuple[Choice, ...]
    countries: tuple[Choice, ...]
    people: tuple[Person, ...]
    sign_out_url: str
    methods_url: str = ""
    people_url: str = ""
    links_url: str = ""
    looks_url: str = ""
    data_url: str = ""
    can_edit_billing: bool = True
    password_url: str = ""
