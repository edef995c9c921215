"""The capability to debit bank accounts on a payer's mandate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Instrument, NextStep


class DebitScheme(StrEnum):
    """Whose rules a debit follows."""

    SEPA_CORE = "sepa_core"
    SEPA_B2B = "sepa_b2b"
    ACH = "ach"
    BACS = "bacs"


class MandateState(StrEnum):
    """Where a mandate stands at the gateway."""

    PENDING = "pending"
    ACTIVE = "active"
    REVOKED = "revoked"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # the answer was lost: ask again
    ABSENT = "absent"  # the gateway has never heard of it (answer to a look-up only)


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRequest:
    """A mandate that a payer has given; `reference` is ours, the payer's unique mandate reference
    and the idempotency key. `evidence` is what proves the consent: address, browser, text."""

    reference: str
    source: str
    scheme: DebitScheme
    customer: str
    accepted_at: datetime
    return_url: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MandateOutcome:
    """What the gateway says of a mandate; `reason` is its word, or the bank's code, for the end of
    one. `step` where the payer has to give it on the gateway's own page; `source` is what a debit
    names, where the mandate alone is enough."""

    reference: str
    state: MandateState
    gateway_ref: str = ""
    instrument: Instrument | None = None
    reason: str = ""
    step: NextStep | None = None
    source: str = ""


class Mandates(Protocol):
    """The capability to keep mandates."""

    def set_up(self, account: GatewayAccount, request: MandateRequest) -> MandateOutcome:
        """Sets a mandate up once per reference. A lost answer is UNKNOWN, never FAILED;
        `Unavailable` only if surely nothing was sent."""

    def look_up_mandate(
        self, account: GatewayAccount, reference: str, gateway_ref: str = ""
    ) -> MandateOutcome:
        """What became of a mandate; `Unavailable` if it can't be asked now."""

    def revoke(self, account: GatewayAccount, reference: str, gateway_ref: str) -> MandateOutcome:
        """Ends a mandate; one that has ended already is told as it ended. What is under way
        goes on."""
