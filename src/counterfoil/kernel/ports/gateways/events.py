"""The capability to push events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.payouts import PayoutTold
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

Fact = Outcome | RefundOutcome | MandateOutcome | SavedMethod | ChargebackTold | PayoutTold


@dataclass(frozen=True, slots=True)
class Mention:
    """An event that only names a charge (or what belongs to it): its state is to be asked for.

    Gateways that send thin events (GoCardless, Mollie, BTCPay) say no more.
    """

    gateway_ref: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """One verified event: the gateway's id for it, its type, and the facts that it carries.

    One with a `doubt` is genuine and is not acted on: it is set aside for a person, for this
    reason.
    """

    ref: str
    kind: str
    occurred_at: datetime
    facts: tuple[Fact | Mention, ...] = ()
    doubt: str = ""


class SignatureInvalid(ValueError):
    """The bytes were not signed by the gateway, or too long ago."""


class Events(Protocol):
    """The capability to push events."""

    def parse(
        self, account: GatewayAccount, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The events of one push. Verifies the signature over the raw bytes; raises
        `SignatureInvalid`."""

    def events_in(
        self, account: GatewayAccount, *, body: bytes, at: datetime
    ) -> tuple[GatewayEvent, ...]:
        """The same events, of a push that was verified when it came, at this moment: the secret may
        have been replaced since. Raises `SignatureInvalid` for what is none of the gateway's."""


class Mentions(Protocol):
    """The capability to say what is behind a `Mention`; only who declares it sends any."""

    def ask(self, account: GatewayAccount, mention: Mention) -> tuple[Fact, ...]:
        """The charge as it stands now, then what belongs to it: refunds, chargebacks. What is not
        there is no fact. `Unavailable` if it can't be asked now."""
