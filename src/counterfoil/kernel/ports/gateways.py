"""The port to gateways: values in, values out; vendor words stop at the adapter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from counterfoil.kernel.money import Money


class Result(StrEnum):
    """What a gateway knows of one attempt."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PROCESSING = "processing"
    ACTION_REQUIRED = "action_required"
    UNKNOWN = "unknown"  # the answer was lost, or the gateway is still at it: ask again
    ABSENT = "absent"  # the gateway has never heard of it (answer to a look-up only)


class FailureCode(StrEnum):
    """Why a payment failed, in our words; surfaces translate them for the payer."""

    CARD_DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    AUTHENTICATION_FAILED = "authentication_failed"
    AUTHENTICATION_EXPIRED = "authentication_expired"
    TOKEN_INVALID = "token_invalid"  # noqa: S105  a word, not a secret
    GATEWAY_REFUSED = "gateway_refused"
    INSTRUMENT_CLOSED = "instrument_closed"  # of a refund: the card or account takes nothing
    REFUND_DECLINED = "refund_declined"  # of a refund: the payer's bank does not take the money
    LESS_IS_LEFT = "less_is_left"  # of a refund: by other refunds or a dispute over there


@dataclass(frozen=True, slots=True)
class Failure:
    """A definite no: our code, and the gateway's own words for staff."""

    code: FailureCode
    message: str = ""
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Instrument:
    """What paid, as far as it may be shown: `card`, brand and last four."""

    kind: str
    brand: str = ""
    last4: str = ""


class StepKind(StrEnum):
    """What the payer's browser has to do next."""

    COLLECT_FIELDS = "collect_fields"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step for the payer, drawn by the portal by its kind.

    COLLECT_FIELDS: `script_url` is loaded on that page only, `values` go to its mount function.
    REDIRECT: the payer goes to `url` and comes back to the return address.
    """

    kind: StepKind
    url: str = ""
    script_url: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """One charge; `reference` is our attempt's outside id and the idempotency key there."""

    reference: str
    amount: Money
    source: str
    customer: str
    description: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the gateway says of the attempt `reference`; `amount` is what it says it moved."""

    reference: str
    result: Result
    gateway_ref: str = ""
    amount: Money | None = None
    instrument: Instrument | None = None
    failure: Failure | None = None
    step: NextStep | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """One refund; `reference` is our refund's outside id and the idempotency key there, `charge`
    the gateway's own id of what is given back."""

    reference: str
    charge: str
    amount: Money
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """What the gateway says of a refund of its `charge`; `reference` is empty for one that was
    made over there, without us. PROCESSING: accepted, not sent yet."""

    reference: str
    charge: str
    result: Result
    gateway_ref: str = ""
    amount: Money | None = None
    failure: Failure | None = None


Fact = Outcome | RefundOutcome


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """One verified event: the gateway's id for it, its type, and the facts that it carries."""

    ref: str
    kind: str
    occurred_at: datetime
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """What an adapter needs of our account there: `settings` in clear, `secrets` never shown."""

    name: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


class Charges(Protocol):
    """The capability to charge a token at once."""

    def fields(self, account: GatewayAccount, *, locale: str) -> NextStep:
        """The hosted fields to show. No network."""

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Charges once per reference. A lost answer is an UNKNOWN outcome, never a failure;
        `Unavailable` only if surely nothing was sent."""

    def look_up(self, account: GatewayAccount, reference: str) -> Outcome:
        """What became of a reference: ABSENT if the gateway has none. `Unavailable` if it
        can't be asked now."""


class Refunds(Protocol):
    """The capability to give money back."""

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Gives back once per reference. A lost answer is an UNKNOWN outcome, never a failure;
        `Unavailable` only if surely nothing was sent."""

    def look_up_refund(self, account: GatewayAccount, reference: str) -> RefundOutcome:
        """What became of a reference: ABSENT if the gateway has none. `Unavailable` if it
        can't be asked now."""


class SignatureInvalid(ValueError):
    """The bytes were not signed by the gateway, or too long ago."""


class Events(Protocol):
    """The capability to push events."""

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> GatewayEvent:
        """Verifies the signature over the raw bytes; raises `SignatureInvalid`."""


class Capability(StrEnum):
    """What an adapter can do; what it does not declare is never asked of it."""

    CHARGES = "charges"
    EVENTS = "events"
    REFUNDS = "refunds"


class CardGateway(Charges, Events, Refunds, Protocol):
    """A gateway for cards: every capability that it declares."""

    capabilities: frozenset[Capability]
