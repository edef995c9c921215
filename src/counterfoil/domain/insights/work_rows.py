"""The frozen rows of the work list, of ageing and of what ran by itself."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StuckPayment:
    """A payment attempt that has waited longer than it should, or whose amount disagrees."""

    id: UUID
    customer_name: str
    state: str
    currency: str
    amount_minor: int
    failure_code: str
    failure_detail: str
    checks: int
    next_check_at: datetime | None
    since: datetime
    gateway_ref: str
    instrument_kind: str
    step_kind: str
    arrived_minor: int
    mandate_id: UUID | None


@dataclass(frozen=True, slots=True)
class StuckRefund:
    """A refund that failed or came back, has waited longer than it should, or is a transfer that
    the business is to send."""

    id: UUID
    attempt_id: UUID
    customer_name: str
    state: str
    currency: str
    amount_minor: int
    failure_code: str
    failure_detail: str
    method: str
    checks: int
    since: datetime


@dataclass(frozen=True, slots=True)
class WaitingChargeback:
    """A chargeback that needs an answer, or that nobody has looked at since it was lost."""

    id: UUID
    customer_name: str
    state: str
    currency: str
    amount_minor: int
    reason_code: str
    problem: str
    evidence_due_at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class WaitingDifference:
    """What a gateway's list or its payout says differently, or whose list is not compared (`place`:
    difference, payout, account)."""

    place: str
    id: UUID
    kind: str
    gateway_name: str
    ref: str
    currency: str
    amount_minor: int
    since: datetime


@dataclass(frozen=True, slots=True)
class WaitingApproval:
    """A request that waits for the word of a second person."""

    id: UUID
    act: str
    called: str
    currency: str
    amount_minor: int
    asked_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AsideEvent:
    """A verified gateway event that concerns no payment of ours, or (`is_waiting`) that nothing
    has acted on though its job had time for all its tries."""

    id: UUID
    account_name: str
    ref: str
    kind: str
    received_at: datetime
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class FailedMail:
    """A mail that could not be delivered, and that no later one made good."""

    id: UUID
    template: str
    about_kind: str
    about_id: UUID
    customer_id: UUID
    customer_name: str
    recipient: str
    problem: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """An invoice that is overdue for long; `late_count` counts all of them."""

    id: UUID
    number: str
    customer_name: str
    currency: str
    due_date: date
    open_minor: int
    late_count: int


@dataclass(frozen=True, slots=True)
class IdleCredit:
    """A customer whose unapplied credit could cover open invoices of the same currency."""

    customer_id: UUID
    customer_name: str
    currency: str
    unapplied_minor: int
    open_minor: int
    open_count: int


@dataclass(frozen=True, slots=True)
class WorkCount:
    """How many things need a person."""

    payments: int
    refunds: int
    chargebacks: int
    differences: int
    events: int
    mails: int
    late: int
    credits: int
    bank_lines: int
    approvals: int
    alarms: int
    registrations: int
    erasures: int

    @property
    def total(self) -> int:
        """All of them. Credit that is not used is one: each customer may leave it lying for good
        reasons, and an import brings thousands."""
        troubles = self.payments + self.refunds + self.chargebacks + self.events + self.mails
        troubles += self.differences + self.approvals + self.alarms + self.registrations
        troubles += self.erasures
        return troubles + self.late + min(self.credits, 1) + self.bank_lines


@dataclass(frozen=True, slots=True)
class Ran:
    """What ran by itself since a moment."""

    invoices_issued: int
    payments_received: int
    mails_sent: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open in one currency, by how late it is; minor units."""

    currency: str
    not_due_minor: int
    late_30_minor: int
    late_60_minor: int
    later_minor: int
    open_count: int

    @property
    def total_minor(self) -> int:
        """All that is open."""
        return self.not_due_minor + self.late_30_minor + self.late_60_minor + self.later_minor


@dataclass(frozen=True, slots=True)
class CustomerTotal:
    """What one customer owes in one currency; `due_minor` of it is not being paid already."""

    customer_id: UUID
    currency: str
    open_minor: int
    overdue_minor: int
    due_minor: int
