"""The capability to charge."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    Instrument,
    MethodKind,
    NextStep,
    Result,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsRequest:
    """What the fields are for; `scheme` names a debit's, `amount` is known on a payment page."""

    method: MethodKind = MethodKind.CARD
    locale: str = "en"
    scheme: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """One charge; `reference` is our attempt's outside id and the idempotency key there.

    `source` is a token of the hosted fields, a saved method's `gateway_ref`, or empty for a
    hosted page. `description` may be shown to the payer, and comes back in the list (`purposes`
    writes and reads it). `mandate` is the gateway's id of the mandate that a debit rests on. Off
    session nobody is there to take a step. `save` asks to keep the instrument.

    A page of the gateway offers the `kinds` alone, which cost what was quoted; none named: whatever
    the account takes. What pays in spite of it is told by the outcome, and the quote stays.
    """

    reference: str
    amount: Money
    source: str
    customer: str
    description: str
    return_url: str
    method: MethodKind = MethodKind.CARD
    mandate: str = ""
    is_off_session: bool = False
    save: bool = False
    locale: str = "en"
    kinds: frozenset[MethodKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the gateway says of the attempt `reference`; `amount` is what it says it moved.

    With `amount_is_open` the payer decides how much is sent (digital currency): what arrived
    counts, be it more or less than was asked. `settles_on` is when a debit that is PROCESSING
    should be paid; `saved` is what was kept. `arrived` is what came so far of what is still waited
    for, where the gateway tells it: no money of ours yet.
    """

    reference: str
    result: Result
    gateway_ref: str = ""
    amount: Money | None = None
    instrument: Instrument | None = None
    failure: Failure | None = None
    step: NextStep | None = None
    settles_on: date | None = None
    saved: SavedMethod | None = None
    amount_is_open: bool = False
    arrived: Money | None = None


class Charges(Protocol):
    """The capability to charge a token, a saved method, or by a page of the gateway."""

    def fields(self, account: GatewayAccount, request: FieldsRequest) -> NextStep:
        """The hosted fields to show, or HOSTED_PAGE; refuses (`NotSetUp`) a method that this
        account does not take, though its gateway could. No network."""

    def charge(self, account: GatewayAccount, request: ChargeRequest) -> Outcome:
        """Charges once per reference. A lost answer is an UNKNOWN outcome, never a failure;
        `Unavailable` only if surely nothing was sent."""

    def look_up(self, account: GatewayAccount, reference: str, gateway_ref: str = "") -> Outcome:
        """What became of a reference: ABSENT if the gateway has none. `gateway_ref` is given
        where it is known. `Unavailable` if it can't be asked now."""


class Cancels(Protocol):
    """The capability to stop a charge before it settles."""

    def cancel(self, account: GatewayAccount, reference: str, gateway_ref: str) -> Outcome:
        """CANCELLED if it was stopped, else where it stands. A lost answer is UNKNOWN;
        `Unavailable` only if surely nothing was sent."""
