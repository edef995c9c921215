"""The frozen rows of payouts."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.payouts import Movement


@dataclass(frozen=True, slots=True)
class Ours:
    """What of ours a movement is, and so much of its gross and of its fee stands in the books
    already; `problem` says why it is not (all) ours."""

    attempt_id: UUID | None = None
    refund_id: UUID | None = None
    chargeback_id: UUID | None = None
    booked_minor: int = 0
    booked_fee_minor: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """A movement with what of ours it is."""

    movement: Movement
    ours: Ours

    @property
    def suspense_minor(self) -> int:
        """What of it is nothing of ours."""
        return self.movement.gross.minor - self.ours.booked_minor

    @property
    def fee_minor(self) -> int:
        """What of its fee is not booked yet."""
        return self.movement.fee.minor - self.ours.booked_fee_minor


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout as every reader gets it; `suspense_minor` is what of it nobody can explain (yet),
    its difference included."""

    id: UUID
    gateway_account_id: UUID
    gateway_name: str
    gateway_ref: str
    state: str
    currency: str
    amount_minor: int
    fee_minor: int
    difference_minor: int
    suspense_minor: int
    line_count: int
    descriptor: str
    arrival_date: date | None
    made_at: datetime
    read_at: datetime
    arrived_at: datetime | None
    failure: str
    bank_line_id: UUID | None

    @property
    def amount(self) -> Money:
        """What goes to our bank; below zero, what is taken from it."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class PayoutLineRow:
    """One movement that a payout pays, with what of ours it is."""

    id: UUID
    gateway_ref: str
    kind: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    occurred_at: datetime
    source: str
    charge: str
    reference: str
    attempt_id: UUID | None
    refund_id: UUID | None
    chargeback_id: UUID | None
    payment_id: UUID | None  # whose it is, whatever it is
    customer_name: str | None
    problem: str
    suspense_minor: int


@dataclass(frozen=True, slots=True)
class NamedPayout:
    """A payout that a bank line may be: on its way, by the words that the statement has for it."""

    id: UUID
    gateway_account_id: UUID
    descriptor: str
    currency: str
    amount_minor: int
