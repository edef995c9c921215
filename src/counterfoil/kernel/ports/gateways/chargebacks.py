"""The capability to answer chargebacks: the payer's bank takes a payment back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount


class ChargebackStage(StrEnum):
    """Where a chargeback stands at the gateway."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackTold:
    """What a gateway says of a chargeback of its `charge`; `reference` is ours of that charge,
    where the gateway carries it. `amount` is what the bank takes, `fee` what the gateway keeps for
    it as things stand: nothing once it is given back, None where it does not say. While it is open
    and when it is lost the money is not ours."""

    gateway_ref: str
    charge: str
    stage: ChargebackStage
    amount: Money
    fee: Money | None = None
    reason_code: str = ""
    evidence_due_at: datetime | None = None
    opened_at: datetime | None = None
    decided_at: datetime | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that proves a point."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """Our answer to a chargeback."""

    text: str
    files: Sequence[EvidenceFile] = ()


class Chargebacks(Protocol):
    """The capability to read and answer chargebacks."""

    def look_up_chargeback(self, account: GatewayAccount, gateway_ref: str) -> ChargebackTold:
        """Where it stands. `Unavailable` if it can't be asked now."""

    def send_evidence(
        self, account: GatewayAccount, gateway_ref: str, evidence: Evidence
    ) -> ChargebackTold:
        """Answers, once. `Refused` with the gateway's reason; `Uncertain` if the answer is lost:
        look it up; `Unavailable` only if surely nothing was sent."""

    def accept_chargeback(self, account: GatewayAccount, gateway_ref: str) -> ChargebackTold:
        """Gives it up. Errors as for `send_evidence`."""
