"""The frozen rows that payments hands out."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from counterfoil.domain.payments.accounts.routing import Route
from counterfoil.infra.secrets.box import place_of
from counterfoil.infra.secrets.fields import open_if_known
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Instrument


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
    mandate_id: UUID | None = None
    method_id: UUID | None = None
    surcharge_minor: int = 0
    instrument: Instrument | None = None  # where it is known before the gateway answers


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
    instrument_mark: str  # the same for the same card at one gateway account; empty if not told
    failure_code: str
    failure_detail: str
    step_url: str
    step_kind: str  # whose page that is, or was
    arrived_minor: int  # what came so far of what is sent in parts
    mandate_id: UUID | None
    method_id: UUID | None
    settles_date: date | None
    expected_date: date | None
    surcharge_minor: int
    bank_code: str
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

    @property
    def surcharge(self) -> Money:
        """What of it is for paying in this way, and covers nothing."""
        return Money(self.surcharge_minor, self.currency)

    @property
    def until(self) -> date | None:
        """When a debit should be known to be paid: as its gateway says, else as we expect it."""
        return self.settles_date or self.expected_date

    @property
    def waits_for_mandate(self) -> bool:
        """Whether nothing has been charged yet, because its payer has not given the mandate."""
        is_waiting = self.state == "action_required" and not self.gateway_ref
        return is_waiting and self.mandate_id is not None

    @property
    def is_undecided(self) -> bool:
        """Whether asking its gateway again may bring an end. What that said already, and is not
        believed, waits for a person."""
        return self.finished_at is None and self.failure_code != "amount_mismatch"

    @property
    def was_not_sent(self) -> bool:
        """Whether it is proven that it never reached the gateway."""
        return self.state == "cancelled" and self.failure_code == "not_sent"


@dataclass(frozen=True, slots=True)
class NewRefund:
    """A refund to begin; without an amount it is for all that is left of the payment. `method` says
    how the business gives it back by itself; empty: its gateway does. `whole_at_most_minor` is
    what the payment may have given back with it, where that is limited."""

    attempt_id: UUID
    amount_minor: int | None
    form_key: str
    reason: str = ""
    method: str = ""
    whole_at_most_minor: int | None = None


@dataclass(frozen=True, slots=True)
class FoundRefund:
    """A refund that the gateway knows and that we did not begin."""

    attempt_id: UUID
    amount: Money
    gateway_ref: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund as every reader gets it. One by hand has a `method`, and a `transfer_ref` where the
    business is to write that into its transfer; `unsent_times` counts how often a bank line was
    taken for it that was another's."""

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
    claim_url: str  # where the payer fetches one that does not go by itself
    method: str
    transfer_ref: str
    unsent_times: int
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
    contested_minor: int
    charged_back_minor: int
    surcharge_minor: int

    @property
    def gone_minor(self) -> int:
        """What refunds have given back and lost chargebacks have taken."""
        return self.refunded_minor + self.charged_back_minor

    @property
    def left_minor(self) -> int:
        """What no refund has given back, or is about to, and no chargeback has taken."""
        if self.state != "succeeded":
            return 0
        held = self.refunding_minor + self.contested_minor
        return max(0, self.amount_minor - held - self.gone_minor)


@dataclass(frozen=True, slots=True)
class ChargebackRow:
    """A chargeback as every reader gets it; `held_minor` and `taken_minor` are in the currency of
    its payment, `payment_currency`."""

    id: UUID
    attempt_id: UUID
    customer_id: UUID
    gateway_account_id: UUID
    state: str
    gateway_ref: str
    currency: str
    amount_minor: int
    fee_minor: int
    held_minor: int
    taken_minor: int
    payment_currency: str
    reason_code: str
    problem: str
    opened_at: datetime
    evidence_due_at: datetime | None
    evidence_text: str
    evidence_by: str
    evidence_sent_at: datetime | None
    decided_at: datetime | None
    looked_at: datetime | None

    @property
    def amount(self) -> Money:
        """What the bank takes."""
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        """What the gateway keeps for it, as booked."""
        return Money(self.fee_minor, self.currency)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One file of an answer to a chargeback."""

    id: UUID
    chargeback_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Account:
    """A gateway account of the business, opened for its adapter."""

    id: UUID
    kind: str
    is_active: bool
    opened: GatewayAccount
    routes: tuple[Route, ...] = ()
    business_version: int = 0  # of its business's settings, as they were when it was read


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event in the inbox that nothing has acted on yet."""

    id: UUID
    gateway_account_id: UUID
    ref: str
    kind: str
    body: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class NewMandate:
    """A mandate that a payer has just confirmed: what it was shown as, and the evidence; whether it
    is for this payment alone."""

    customer_id: UUID
    gateway_account_id: UUID
    scheme: str
    reference: str
    creditor_name: str
    creditor_ref: str
    text: str
    locale: str
    accepted_by: str
    ip_address: str
    user_agent: str
    is_for_once: bool = False


def mandate_place(mandate_id: UUID, column: str) -> str:
    """Where a value of a mandate stands, as it is sealed along."""
    return place_of("payments_mandate", column, mandate_id)


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate as every reader gets it. What proves it is opened when it is asked for: empty where
    its key is gone, and `SealBroken` where it was changed or moved."""

    id: UUID
    customer_id: UUID
    gateway_account_id: UUID
    scheme: str
    state: str
    reference: str
    gateway_ref: str
    source_ref: str  # what a later debit names as its source; empty until there was one
    name: str  # its owner's own word for the account
    is_default: bool  # its owner has put it first
    creditor_name: str
    creditor_ref: str
    sealed_holder: str
    country: str
    last4: str
    sealed_text: str
    locale: str
    accepted_at: datetime
    sealed_accepted_by: str
    sealed_ip_address: str
    sealed_user_agent: str
    created_at: datetime
    ended_at: datetime | None
    end_reason: str
    checks: int
    next_check_at: datetime | None
    is_for_once: bool = False  # who gave it may save nothing: a guest, or without the right

    @property
    def holder(self) -> str:
        """Whose account it is."""
        return self._opened("holder")

    @property
    def text(self) -> str:
        """What they agreed to, in full."""
        return self._opened("text")

    @property
    def accepted_by(self) -> str:
        """Who agreed."""
        return self._opened("accepted_by")

    @property
    def ip_address(self) -> str:
        """From which internet address."""
        return self._opened("ip_address")

    @property
    def user_agent(self) -> str:
        """With which browser."""
        return self._opened("user_agent")

    def _opened(self, name: str) -> str:
        return open_if_known(getattr(self, f"sealed_{name}"), mandate_place(self.id, name))

    @property
    def is_active(self) -> bool:
        """Whether the account may be debited on it."""
        return self.state == "active"

    @property
    def can_be_charged_again(self) -> bool:
        """Whether the payer need not name the account again. What came by a guest link, or by who
        may save nothing, was for one payment: nobody may debit it again."""
        return self.is_active and bool(self.source_ref) and not self.is_for_once
