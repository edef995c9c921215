"""The capability to give money back."""

from dataclasses import dataclass
from typing import Protocol

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Failure, Result


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
    made over there, without us. PROCESSING: accepted, not sent yet. With a `claim_url` it does not
    go by itself: there the payer says where to."""

    reference: str
    charge: str
    result: Result
    gateway_ref: str = ""
    amount: Money | None = None
    failure: Failure | None = None
    claim_url: str = ""


class Refunds(Protocol):
    """The capability to give money back."""

    def refund(self, account: GatewayAccount, request: RefundRequest) -> RefundOutcome:
        """Gives back once per reference. A lost answer is an UNKNOWN outcome, never a failure;
        `Unavailable` only if surely nothing was sent."""

    def look_up_refund(
        self, account: GatewayAccount, reference: str, charge: str = ""
    ) -> RefundOutcome:
        """What became of a reference: ABSENT if the gateway has none; `charge` is what it gives
        back, for gateways that list refunds by it. `Unavailable` if it can't be asked now."""
