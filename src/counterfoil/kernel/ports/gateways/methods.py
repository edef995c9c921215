"""The capability to keep a payer's instruments for later."""

from dataclasses import dataclass
from typing import Protocol

from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.outcomes import Instrument


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """An instrument that the gateway keeps; `gateway_ref` is charged like a token, `mandate` is
    the gateway's id of the mandate that it rests on. `is_removed`: it keeps it no longer."""

    gateway_ref: str
    instrument: Instrument
    mandate: str = ""
    is_removed: bool = False


class Methods(Protocol):
    """The capability to save methods. What the network changes comes as a fact of an event."""

    def save(
        self, account: GatewayAccount, *, source: str, customer: str, reference: str
    ) -> SavedMethod:
        """Keeps what a token stands for, once per reference. `Refused` with the reason in plain
        words; `Uncertain` if the answer was lost: nothing was charged, saving again is safe."""

    def remove(self, account: GatewayAccount, gateway_ref: str) -> None:
        """Forgets it; one that is gone already is fine. `Unavailable` or `Uncertain` otherwise."""
