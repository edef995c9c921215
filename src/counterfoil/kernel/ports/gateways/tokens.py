"""The capability to say what a token stands for."""

from typing import Protocol

from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


class Tokens(Protocol):
    """The capability to say what a token stands for."""

    def scheme_of(self, account: GatewayAccount, token: str) -> DebitScheme | None:
        """Whose rules a debit of this token would follow; None for one that is no bank account's,
        and for one that the gateway does not know. `Unavailable` if it can't be asked now."""

    def kind_of(self, account: GatewayAccount, token: str) -> MethodKind | None:
        """By which method a charge of this token is paid: a wallet's card is a wallet. None for one
        that the gateway does not know. `Unavailable` if it can't be asked now."""
