"""The part of the scripted gateway that keeps methods: `kept:<token>` charges like the token."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods.rows import NewMethod
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import Instrument
from factories.businesses import AT

KEPT = "kept:"
CARD = Instrument("card", "visa", "4242", 12, 2034)


@dataclass
class Keeping:
    """What is kept, by its reference or token; `shown` says what a token stands for."""

    saved: dict[str, SavedMethod] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    shown: dict[str, Instrument] = field(default_factory=dict)
    trouble: Exception | None = None


def kept(source: str, shown: Instrument = CARD) -> SavedMethod:
    """The method that keeps what this token stands for."""
    return SavedMethod(f"{KEPT}{source}", shown)


class ScriptedMethods:
    """The capability to save methods."""

    script: Any

    def save(
        self, account: GatewayAccount, *, source: str, customer: str, reference: str
    ) -> SavedMethod:
        """Keeps it once per reference; the token `refused` is refused."""
        keeping: Keeping = type(self).script.keeping
        if keeping.trouble:
            raise keeping.trouble
        if source == "refused":
            raise Refused("The card was declined.", code="card_declined")
        found = kept(source, keeping.shown.get(source, CARD))
        return keeping.saved.setdefault(reference, found)

    def remove(self, account: GatewayAccount, gateway_ref: str) -> None:
        """Forgets it."""
        keeping: Keeping = type(self).script.keeping
        if keeping.trouble:
            raise keeping.trouble
        keeping.removed.append(gateway_ref)


def keep_method(
    business_id: BusinessId, customer_id: UUID, source: str = "ok", shown: Instrument = CARD
) -> UUID:
    """A method that the scripted gateway keeps, and that charges like the token `source`."""
    with reading(business_id):
        account = queries.active_accounts(business_id)[0]
    assert account is not None
    new = NewMethod(
        customer_id=customer_id,
        gateway_account_id=account.id,
        gateway_ref=kept(source).gateway_ref,
        instrument=shown,
    )
    return methods.keep(business_id, new, at=AT, by=SYSTEM)
