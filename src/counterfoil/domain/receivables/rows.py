"""The frozen rows that receivables hands out."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.audit.rows import LookRow
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class NewItem:
    """An issued invoice as a debt to open."""

    id: UUID
    customer_id: UUID
    number: str
    external_ref: str
    issue_date: date
    due_date: date
    total: Money


@dataclass(frozen=True, slots=True)
class LockedItem:
    """An open item under lock, as a decision needs it."""

    id: UUID
    customer_id: UUID
    number: str
    currency: str
    due_date: date
    total_minor: int
    paid_minor: int
    credited_minor: int
    is_void: bool
    written_off_minor: int = 0  # of what is left: nobody expects it any more

    @property
    def open_minor(self) -> int:
        """What is left of it: so much is taken, expected or not."""
        return 0 if self.is_void else self.total_minor - self.paid_minor - self.credited_minor

    @property
    def due_minor(self) -> int:
        """What is expected: what is left, less what is written off."""
        return self.open_minor - self.written_off_minor


@dataclass(frozen=True, slots=True)
class LockedCredit:
    """A customer's unapplied credit under lock; `id` is the payment's or the credit note's."""

    id: UUID
    customer_id: UUID
    kind: str
    currency: str
    rest_minor: int


@dataclass(frozen=True, slots=True)
class HeldItem:
    """What an attempt means, or meant, to pay of one open item, which is under lock."""

    item: LockedItem
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SettlingRow:
    """An attempt under lock, with one of the invoices it is for, if it is for any."""

    attempt: AttemptRow
    held: HeldItem | None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """What an attempt means to pay of one invoice."""

    attempt_id: UUID
    invoice_id: UUID
    amount_minor: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class TransferReferences:
    """What a transfer for an invoice is told by: RF, and QR for the Swiss QR-IBAN."""

    creditor_ref: str
    qr_ref: str


@dataclass(frozen=True, slots=True)
class NewClaim:
    """So much of one invoice is what an attempt is for."""

    attempt_id: UUID
    invoice_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """Who is paying an invoice right now."""

    invoice_id: UUID
    attempt_id: UUID
    amount_minor: int
    taken_at: datetime
    taken_by: str  # the name that others are told
    taken_by_ref: str  # who it was: `contact:018f…`


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money or credit that arrived: a succeeded attempt's or a credit note's."""

    id: UUID
    customer_id: UUID
    kind: str
    amount: Money
    plan: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done with it: parts per invoice, which invoices it settled, and the rest;
    `recovered` is what of it had been written off."""

    id: UUID
    customer_id: UUID
    kind: str
    amount: Money
    parts: tuple[tuple[UUID, Money], ...]
    settled: tuple[UUID, ...]
    recovered: tuple[tuple[UUID, Money], ...] = ()

    @property
    def unapplied(self) -> Money:
        """What stays the customer's credit."""
        rest = self.amount
        for _, part in self.parts:
            rest -= part
        return rest


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One issued invoice as a debt, as lists and pages read it."""

    id: UUID
    customer_id: UUID
    number: str
    external_ref: str
    currency: str
    issue_date: date
    due_date: date
    total_minor: int
    paid_minor: int
    credited_minor: int
    written_off_minor: int
    is_void: bool
    settled_at: datetime | None
    attempt_state: str | None  # of the attempt that holds it right now

    @property
    def open_minor(self) -> int:
        """What is left of it: so much is taken, expected or not."""
        return 0 if self.is_void else self.total_minor - self.paid_minor - self.credited_minor

    @property
    def due_minor(self) -> int:
        """What is expected: what is left, less what is written off."""
        return self.open_minor - self.written_off_minor


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One invoice of the business, drafts included, with its customer and how it stands."""

    id: UUID
    customer_id: UUID
    customer_name: str
    state: str
    number: str
    external_ref: str
    currency: str
    issue_date: date | None
    due_date: date | None
    created_at: datetime
    total_minor: int
    paid_minor: int
    credited_minor: int
    written_off_minor: int
    attempt_state: str | None

    @property
    def open_minor(self) -> int:
        """What is left of it; a draft and a voided invoice owe nothing."""
        if self.state != "issued":
            return 0
        return self.total_minor - self.paid_minor - self.credited_minor

    @property
    def due_minor(self) -> int:
        """What is expected: what is left, less what is written off."""
        return self.open_minor - self.written_off_minor


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What one customer owes in one currency, as of a day."""

    currency: str
    open_minor: int
    open_count: int
    overdue_minor: int
    overdue_count: int
    oldest_due_date: date | None
    next_due_date: date | None
    held_minor: int  # of it: a payment is on its way
    held_count: int
    unknown_minor: int  # of what is held: its answer is lost, and nobody knows yet
    unknown_count: int
    asked_minor: int  # of it: a payment waits for its payer to confirm or finish it
    asked_count: int
    askers: list[dict[str, Any]]  # whose payments those are: ref, name, minor, is_planned
    unapplied_minor: int  # credit of the customer that covers nothing yet
    going_back_minor: int  # credit that a refund is about to give back


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One attempt with the invoices it is, or was, for. `parts` are JSON: invoice, number,
    planned, applied, left (minor units); what its credit covered later has nothing planned.
    `chargebacks` are JSON too: id, state, amount, currency, fee, reason, and when. `to_fetch` are
    refunds that wait for the payer: url, amount."""

    id: UUID
    customer_id: UUID
    customer_name: str
    gateway_account_id: UUID
    state: str
    currency: str
    amount_minor: int
    payer: str
    gateway_ref: str
    instrument_kind: str
    instrument_brand: str
    instrument_last4: str
    failure_code: str
    failure_detail: str
    step_url: str
    step_kind: str  # whose page that is, or was
    arrived_minor: int  # what came so far of what is sent in parts
    created_at: datetime
    submitted_at: datetime | None
    finished_at: datetime | None
    checks: int
    refunding_minor: int  # what open refunds mean to give back
    refunded_minor: int
    contested_minor: int  # what chargebacks hold that nobody has decided
    charged_back_minor: int  # what lost ones took
    method_id: UUID | None  # the saved method that it is paid with
    surcharge_minor: int  # what of the amount is for paying this way
    mandate_id: UUID | None  # that a debit rests on
    settles_date: date | None  # when a debit is to be paid, as its gateway says
    expected_date: date | None  # by when about, as we expect it, where no gateway says
    bank_code: str  # why the payer's bank sent it back
    note: str  # the payer's own words: why it is less than was due
    begun_by: str  # who asked for it: `contact:018f…`
    unapplied_minor: int
    parts: list[dict[str, Any]]
    chargebacks: list[dict[str, Any]]
    to_fetch: list[dict[str, Any]]

    @property
    def status(self) -> str:
        """Its state as people are told it: once money went back, that; a bank's word comes before
        our own."""
        if self.contested_minor or self.charged_back_minor:
            return "charged_back"
        if self.state != "succeeded" or not self.refunded_minor:
            return self.state
        return "refunded" if self.refunded_minor >= self.amount_minor else "part_refunded"

    @property
    def until(self) -> date | None:
        """When a debit should be known to be paid: as its gateway says, else as we expect it."""
        return self.settles_date or self.expected_date

    @property
    def surcharge_kept_minor(self) -> int:
        """What of the surcharge was not given back: that goes last."""
        brought = self.amount_minor - self.surcharge_minor
        return self.surcharge_minor - min(
            self.surcharge_minor, max(0, self.refunded_minor - brought)
        )

    @property
    def refundable_minor(self) -> int:
        """What no refund has given back, or is about to; nothing while a bank contests it."""
        if self.state != "succeeded" or self.contested_minor:
            return 0
        gone = self.refunding_minor + self.refunded_minor + self.charged_back_minor
        return max(0, self.amount_minor - gone)


@dataclass(frozen=True, slots=True)
class HomeRows:
    """What a customer's home page shows: balances, the invoice to pay next in each currency, the
    newest of all, the last payment that arrived, whatever of it went back since, and the last
    look of staff at the customer's portal."""

    balances: list[BalanceRow]
    next_due: list[ItemRow]
    newest: list[ItemRow]
    last: list[PaymentRow]
    looks: list[LookRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """So much of a payment or a credit note covers an invoice."""

    credit_id: UUID
    kind: str
    amount_minor: int
    at: datetime
    instrument_kind: str | None
    instrument_brand: str | None
    instrument_last4: str | None
    is_for_this_alone: bool
    is_contested: bool
    is_moved: bool  # taken off again and kept as credit: no money went back
    is_from_credit: bool  # it stood as credit before, and was not moved here from another invoice
