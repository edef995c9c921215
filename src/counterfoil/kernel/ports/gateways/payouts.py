"""The capability to read settlements: the gateway's transfers to our bank, and what they pay."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount


class PayoutStage(StrEnum):
    """Where a payout stands at the gateway."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"


class MovementKind(StrEnum):
    """What moved our balance at the gateway."""

    CHARGE = "charge"
    REFUND = "refund"
    REFUND_REVERSAL = "refund_reversal"
    RETURN = "return"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"
    FEE = "fee"
    PAYOUT_REVERSAL = "payout_reversal"  # an earlier payout that the bank sent back
    ADJUSTMENT = "adjustment"  # anything that is none of these: a person looks


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutTold:
    """What a gateway says of a payout. `descriptor` is how the bank statement names it."""

    gateway_ref: str
    stage: PayoutStage
    amount: Money
    created_at: datetime
    arrival_date: date | None = None
    descriptor: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement inside a payout: `net` = `gross` - `fee`; money that leaves is below zero. A
    FEE is a fee of nothing: its `gross` is zero, what the gateway takes is its `fee`.

    `source` is the gateway's id of what moved (the refund, the chargeback), `charge` that of the
    charge behind it, `reference` ours where it carries one.
    """

    gateway_ref: str
    kind: MovementKind
    gross: Money
    fee: Money
    net: Money
    occurred_at: datetime
    source: str = ""
    charge: str = ""
    reference: str = ""


class Payouts(Protocol):
    """The capability to read payouts."""

    def payouts(self, account: GatewayAccount, *, since: datetime) -> Iterator[PayoutTold]:
        """Those made since then, newest first. `Unavailable` if it can't be asked now."""

    def movements(self, account: GatewayAccount, gateway_ref: str) -> Iterator[Movement]:
        """Everything that a payout pays; the nets come to its amount."""
