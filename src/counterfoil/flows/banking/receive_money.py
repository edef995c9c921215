"""Records money that is here already, and settles it in the same transaction by the one door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import NewReceipt
from counterfoil.flows import settle_payment
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Instrument, Result

_NOON = time(12, tzinfo=UTC)  # the same day nearly everywhere


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that came to us on a day, and the invoices it is for; the rest is credit."""

    receipt: NewReceipt
    parts: tuple[tuple[UUID, int], ...]
    on: date
    ref: str = ""  # the bank's, or the cheque's number


def receive(
    business_id: BusinessId,
    arrivals: Sequence[Arrival],
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> None:
    """Writes attempts over money that came, notes what each is for, and settles them all.

    Inside an open `run`, the invoices under lock. Refuses (`TakenAlready`) money whose form key
    was used before: nothing is recorded twice. A card payment that holds an invoice does not hold
    up the money that is here: if it succeeds too, it is the customer's credit.
    """
    if not arrivals:
        return
    told = [settle_payment.Arrival(one.receipt, one.parts, _outcome(one, at)) for one in arrivals]
    settle_payment.settle_received(business_id, told, at=at, by=by, quiet=quiet)


def _outcome(one: Arrival, at: datetime) -> AttemptOutcome:
    """The money moved at noon of its day: a bank line has no hour."""
    moved_at = min(datetime.combine(one.on, _NOON), at)
    outcome = Outcome(
        reference=encode("pay", one.receipt.id),
        result=Result.SUCCEEDED,
        gateway_ref=one.ref[:120],
        amount=one.receipt.amount,
        instrument=Instrument(one.receipt.instrument_kind),
    )
    return AttemptOutcome(one.receipt.id, outcome, moved_at)
