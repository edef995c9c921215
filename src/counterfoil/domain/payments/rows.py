"""The frozen rows that payments hands out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments.states import AttemptState
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
    return_to: str = ""


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
    return_to: str
    created_at: datetime
    submitted_at: datetime | None
    finished_at: datetime | None
    checks: int
    next_check_at: datetime | None

    @property
    def amount(self) -> Money:
        """What it is for."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Change:
    """What an outcome did to an attempt; `money_arrived` once, at the first success."""

    attempt: AttemptRow
    source: AttemptState
    target: AttemptState

    @property
    def money_arrived(self) -> bool:
        """Whether this change, and no other, brought the money."""
        return self.target == AttemptState.SUCCEEDED

    @property
    def came_to_nothing(self) -> bool:
        """Proven: no money moved, the invoices are free again."""
        return self.target in (AttemptState.FAILED, AttemptState.CANCELLED)


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
