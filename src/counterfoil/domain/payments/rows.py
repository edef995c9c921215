"""The frozen rows that payments hands out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways import GatewayAccount


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """What is written before a gateway is asked for anything."""

    customer_id: UUID
    gateway_account_id: UUID
    amount: Money
    form_key: str
    payer: str = ""
    locale: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """Money that is here: an attempt to write, whose outcome is known; `form_key` names the money
    (a bank line, a form of staff's), so that it is recorded once."""

    id: UUID
    customer_id: UUID
    gateway_account_id: UUID
    amount: Money
    form_key: str
    instrument_kind: str  # bank_transfer, cheque, cash
    payer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt as every reader gets it."""

    id: UUID
    intent_id: UUID
    customer_id: UUID
    gateway_account_id: UUID
    state: str
    currency: str
    amount_minor: int
    payer: str
    locale: str
    gateway_ref: str
    instrument_kind: str
    instrument_brand: str
    instrument_last4: str
    failure_code: str
    failure_detail: str
    step_url: str
    created_at: datetime
    submitted_at: datetime | None
    finished_at: datetime | None
    checks: int
    next_check_at: datetime | None
    gateway_kind: str

    @property
    def amount(self) -> Money:
        """What it is for."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class NewRefund:
    """A refund to begin; without an amount it is for all that is left of the payment."""

    attempt_id: UUID
    amount_minor: int | None
    form_key: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FoundRefund:
    """A refund that the gateway knows and that we did not begin."""

    attempt_id: UUID
    amount: Money
    gateway_ref: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund as every reader gets it."""

    id: UUID
    attempt_id: UUID
    customer_id: UUID
    gateway_account_id: UUID
    state: str
    currency: str
    amount_minor: int
    reason: str
    is_ours: bool
    gateway_ref: str
    failure_code: str
    failure_detail: str
    created_at: datetime
    created_by: str
    submitted_at: datetime | None
    finished_at: datetime | None
    looked_at: datetime | None
    checks: int
    next_check_at: datetime | None

    @property
    def amount(self) -> Money:
        """What it gives back."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class RefundedPayment:
    """A payment under lock, as a decision about its refunds needs it."""

    id: UUID
    state: str
    currency: str
    amount_minor: int
    refunding_minor: int
    refunded_minor: int

    @property
    def left_minor(self) -> int:
        """What no refund has given back, or is about to."""
        if self.state != "succeeded":
            return 0
        return max(0, self.amount_minor - self.refunding_minor - self.refunded_minor)


@dataclass(frozen=True, slots=True)
class Account:
    """A gateway account of the business, opened for its adapter."""

    id: UUID
    kind: str
    is_active: bool
    opened: GatewayAccount


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event in the inbox that nothing has acted on yet."""

    id: UUID
    gateway_account_id: UUID
    ref: str
    kind: str
    body: str
    headers: dict[str, str]
    received_at: datetime
