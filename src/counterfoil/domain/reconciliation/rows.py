"""The frozen rows of reconciliation."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from counterfoil.domain.reconciliation.states import LineState, Why
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.banks import BankLine


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a statement of one of our accounts."""

    id: UUID
    account_id: UUID
    line: BankLine


@dataclass(frozen=True, slots=True)
class NamedItem:
    """An invoice that a line may name, under lock or not, as matching needs it."""

    id: UUID
    customer_id: UUID
    number: str
    creditor_ref: str
    qr_ref: str
    currency: str
    due_date: date
    open_minor: int
    due_minor: int  # without what is written off


@dataclass(frozen=True, slots=True)
class NamedCustomer:
    """A customer whom a line names by their own reference, by the part of their id in it."""

    id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a line: paid by a customer, for these invoices in this order, or why not."""

    line_id: UUID
    state: LineState
    problem: Why | None = None
    customer_id: UUID | None = None
    parts: tuple[tuple[UUID, int], ...] = ()
    payout_id: UUID | None = None
    refund_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NamedRefund:
    """A refund by hand that a line may be: it is to go or has gone, or (`has_left`) a line has
    shown it and it may come back; `is_withdrawn` if the business said that it sent nothing."""

    id: UUID
    attempt_id: UUID
    transfer_ref: str
    currency: str
    amount_minor: int
    has_left: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class RefundOffer:
    """What a bank line may be: a refund by hand (`refund_id`) of a payment, or money of one that is
    not recorded as a refund yet."""

    line_id: UUID
    attempt_id: UUID
    refund_id: UUID | None
    customer_name: str
    paid_at: datetime
    currency: str
    amount_minor: int
    is_named: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """A bank line as pages read it, with the payment that it became, or whose refund it is."""

    id: UUID
    bank_account_id: UUID
    booked_date: date
    value_date: date | None
    currency: str
    amount_minor: int
    counterparty: str
    counterparty_account: str
    remittance: str
    reference: str
    bank_ref: str
    state: str
    problem: str
    note: str
    attempt_id: UUID | None
    payout_id: UUID | None
    refund_id: UUID | None
    refund_was: str
    customer_id: UUID | None
    customer_name: str | None
    imported_at: datetime

    @property
    def amount(self) -> Money:
        """What moved; negative where it left."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class LockedLine:
    """A bank line under lock; `refund_was` is the state of a refund that is taken for sent by this
    line alone."""

    id: UUID
    bank_account_id: UUID
    ref: str
    booked_date: date
    currency: str
    amount_minor: int
    counterparty: str
    bank_ref: str
    state: str
    refund_id: UUID | None
    refund_was: str

    @property
    def amount(self) -> Money:
        """What moved; negative where it left."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class LineCounts:
    """How many lines are in each state."""

    waiting: int
    settled: int
    aside: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An open invoice that a waiting line may be for: the same amount is open, or the name is
    alike."""

    line_id: UUID
    invoice_id: UUID
    number: str
    customer_id: UUID
    customer_name: str
    open_minor: int
    currency: str
    due_date: date
    same_amount: bool
