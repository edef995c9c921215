"""Which gateway account takes a payment, by how somebody pays and in which currency (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from counterfoil.kernel.errors import Conflict

ANY = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Payments by this method in this currency (empty: any) go to the account that has it."""

    method: str = ANY
    currency: str = ANY

    def fits(self, method: str, currency: str) -> bool:
        """Whether such a payment goes this way."""
        return self.method in (ANY, method) and self.currency in (ANY, currency)

    @property
    def closeness(self) -> tuple[bool, bool]:
        """The more a route says, the sooner it is taken; the method says more than the currency."""
        return self.method != ANY, self.currency != ANY


class RouteTaken(Conflict):
    """Another account has this very route."""

    code = "route_taken"
    message = "Another gateway account takes these payments already."


class Routed(Protocol):
    """An account with its routes."""

    @property
    def routes(self) -> tuple[Route, ...]:
        """What is sent to it; none: whatever is sent to nobody else."""


A = TypeVar("A", bound=Routed)


def preferred(accounts: Iterable[A], method: str, currency: str) -> list[A]:
    """The accounts that may take such a payment, the first choice first.

    Routed ones by how closely a route fits; then those without any route, in the sequence in which
    they come. An account with routes takes nothing else.
    """
    found = list(accounts)
    routed = [
        (max(fitting), account)
        for account in found
        if (fitting := [one.closeness for one in account.routes if one.fits(method, currency)])
    ]
    routed.sort(key=lambda pair: pair[0], reverse=True)
    return [account for _, account in routed] + [one for one in found if not one.routes]
