"""What an adapter says that it can do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


class Capability(StrEnum):
    """What an adapter can do; what it does not declare is never asked of it."""

    CHARGES = "charges"
    CANCELS = "cancels"
    EVENTS = "events"
    MENTIONS = "mentions"
    REFUNDS = "refunds"
    MANDATES = "mandates"
    TOKENS = "tokens"
    METHODS = "methods"
    CHARGEBACKS = "chargebacks"
    PAYOUTS = "payouts"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that an adapter needs of our account: staff type it in, or choose among `choices`;
    a secret is sealed and never shown again."""

    name: str
    is_secret: bool = False
    is_needed: bool = True
    choices: tuple[str, ...] = ()


class Gateway(Protocol):
    """What every adapter declares: its capabilities, by which methods it charges, and what it needs
    of an account of ours."""

    capabilities: frozenset[Capability]
    methods: frozenset[MethodKind]
    account_settings: tuple[Setting, ...]

    def check(self, account: GatewayAccount) -> None:
        """Refuses (`AccountIncomplete`) an account that can't work; no network."""
