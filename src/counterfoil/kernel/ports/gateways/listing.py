"""The capability to list what happened over there, for the daily comparison with our books."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome


@dataclass(frozen=True, slots=True)
class Listed:
    """One charge, refund or chargeback of the gateway's own list; `customer` is our id of theirs,
    and `description` what we said it was for, where it carries them."""

    created_at: datetime
    fact: Outcome | RefundOutcome | ChargebackTold
    customer: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that can't be read and carries no reference of ours: another program's."""


class Listing(Protocol):
    """The capability to list."""

    def listed(
        self, account: GatewayAccount, *, since: datetime, until: datetime
    ) -> Iterator[Listed | Unread]:
        """Every charge and refund made in that time, in any state, and every chargeback opened in
        it, where the gateway lists them. A charge that carries no reference of ours has an empty
        one. `Unavailable` if it can't be asked now, or a row of ours can't be read."""
