"""What an auditor sees of a business at one moment, and of the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.kernel.ids import encode

_MAY_TAKE_MONEY = ("succeeded", "processing", "requires_action")
TILL = "till-"
"""How references begin of charges that somebody makes in the gateway's own dashboard."""


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that does not hold: which, of what, and what was found."""

    invariant: str
    subject: str
    found: str

    @property
    def text(self) -> str:
        """In one line."""
        return f"{self.invariant}: {self.subject}: {self.found}"


@dataclass(frozen=True, slots=True)
class SeenAttempt:
    """One attempt in the books."""

    id: UUID
    intent_id: UUID
    customer_id: UUID
    state: str
    currency: str
    amount_minor: int
    gateway_ref: str
    road: str
    refunding_minor: int
    refunded_minor: int
    over_refunding_minor: int
    failure_code: str
    submitted_at: datetime | None
    form_key: str
    mandate_id: UUID | None

    @property
    def reference(self) -> str:
        """Its key at the gateway."""
        return encode("pay", self.id)

    @property
    def is_found(self) -> bool:
        """Whether staff made a payment of a charge that the comparison had found."""
        return self.form_key.startswith("found:")


@dataclass(frozen=True, slots=True)
class SeenRefund:
    """One refund in the books; one that the business gives back itself has a `method`."""

    id: UUID
    attempt_id: UUID
    state: str
    amount_minor: int
    is_ours: bool
    gateway_ref: str
    method: str
    transfer_ref: str

    @property
    def reference(self) -> str:
        """Its key at the gateway."""
        return encode("ref", self.id)


@dataclass(frozen=True, slots=True)
class SeenChargeback:
    """One chargeback in the books."""

    id: UUID
    attempt_id: UUID
    state: str
    amount_minor: int
    gateway_ref: str


@dataclass(frozen=True, slots=True)
class SeenMandate:
    """One mandate in the books."""

    id: UUID
    customer_id: UUID
    state: str
    gateway_ref: str
    source_ref: str
    ended_at: datetime | None
    is_to_be_told: bool  # its gateway has not heard yet that it ended here


@dataclass(frozen=True, slots=True)
class SeenMethod:
    """One saved method in the books."""

    id: UUID
    customer_id: UUID
    gateway_ref: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class SeenPlan:
    """One planned payment in the books."""

    id: UUID
    customer_id: UUID
    state: str
    attempt_id: UUID | None


@dataclass(frozen=True, slots=True)
class SeenDifference:
    """What a comparison found and nobody has dealt with."""

    id: UUID
    kind: str
    ref: str


@dataclass(frozen=True, slots=True)
class SeenItem:
    """One invoice as a debt."""

    id: UUID
    customer_id: UUID
    number: str
    total_minor: int
    open_minor: int
    is_void: bool


@dataclass(frozen=True, slots=True)
class SeenClaim:
    """One hold of an attempt on an invoice."""

    invoice_id: UUID
    attempt_id: UUID
    amount_minor: int
    is_held: bool


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """One event in the inbox."""

    id: UUID
    ref: str
    is_handled: bool
    remark: str
    reference: str  # of what it is about
    charge: str  # that it is about
    about: str  # the gateway's id of it


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message."""

    id: UUID
    cause: str
    template: str
    state: str
    problem: str


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One line of a bank statement."""

    id: UUID
    ref: str
    state: str
    amount_minor: int
    refund_id: UUID | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything of a business that the invariants are about."""

    attempts: tuple[SeenAttempt, ...] = ()
    refunds: tuple[SeenRefund, ...] = ()
    chargebacks: tuple[SeenChargeback, ...] = ()
    mandates: tuple[SeenMandate, ...] = ()
    methods: tuple[SeenMethod, ...] = ()
    plans: tuple[SeenPlan, ...] = ()
    differences: tuple[SeenDifference, ...] = ()
    items: tuple[SeenItem, ...] = ()
    claims: tuple[SeenClaim, ...] = ()
    events: tuple[SeenEvent, ...] = ()
    messages: tuple[SeenMessage, ...] = ()
    lines: tuple[SeenLine, ...] = ()
    at_gateways: int = 0  # what the books say the gateway holds for us
    postings: tuple[str, ...] = ()
    jobs: int = 0


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge at the gateway."""

    id: str
    reference: str
    status: str
    amount: int
    currency: str
    amount_captured: int
    amount_refunded: int
    amount_returned: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """One refund at the gateway."""

    id: str
    reference: str
    charge_id: str
    status: str
    amount: int


@dataclass(frozen=True, slots=True)
class Disputed:
    """One dispute at the gateway."""

    id: str
    charge_id: str
    status: str
    amount: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What really moved, by the gateway's own storage, and what is still on its way there."""

    charges: tuple[Charge, ...]
    refunds: tuple[GivenBack, ...]
    disputes: tuple[Disputed, ...]
    methods: frozenset[str]  # that can be charged
    mandates: frozenset[str]  # that stand
    holds: int  # what the gateway has for us and did not pay out
    untold: frozenset[str]  # objects of the gateway of which we were never told
    under_way: frozenset[str]
    acknowledged: frozenset[str]  # events that we said we had
    forms: Mapping[UUID, str]  # which form of the payer's an attempt was shown for
    said_sent: frozenset[str] = frozenset()  # refunds by hand that staff may have said to be sent
    late: frozenset[str] = frozenset()  # sent by their payers after the gateway had said no

    @property
    def needs_another_look(self) -> bool:
        """Whether one comparison is not enough: a bank took something back and the event that said
        so was lost for good, or it was of a charge that nobody knew then."""
        is_untold = any(one.id in self.untold for one in self.disputes)
        return is_untold or any(one.reference.startswith(TILL) for one in self.charges)

    def of(self, attempt: SeenAttempt) -> list[Charge]:
        """The charges of one attempt: by our reference, or by the charge that was found."""
        if attempt.is_found:
            return [one for one in self.charges if one.id == attempt.gateway_ref]
        return [one for one in self.charges if one.reference == attempt.reference]

    def able(self, attempt: SeenAttempt) -> list[Charge]:
        """Those of them that have taken money or may, and of which no proof said otherwise: what
        its payer sends too late is known when the gateway tells of it."""
        able = [one for one in self.of(attempt) if one.status in _MAY_TAKE_MONEY]
        return [one for one in able if one.reference not in self.late]

    def refunds_of(self, reference: str) -> list[GivenBack]:
        """The refunds of one reference."""
        return [one for one in self.refunds if one.reference == reference]


_TIMES = ("submitted_at", "ended_at")


def as_row(kind: type[Any], values: dict[str, Any]) -> Any:
    """A row of the auditor's JSON as a frozen value."""
    made: dict[str, Any] = {
        name: UUID(value) if value and (name == "id" or name.endswith("_id")) else value
        for name, value in values.items()
    }
    for name in _TIMES:
        if made.get(name):
            made[name] = datetime.fromisoformat(made[name])
    return kind(**made)
