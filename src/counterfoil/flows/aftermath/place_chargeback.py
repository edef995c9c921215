"""Finds which payment a gateway's chargeback is of, fetching the payment where it came first."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.payments.states import OPEN_STATES
from counterfoil.flows.aftermath.settle_chargeback import NotPaid, settle_chargeback
from counterfoil.flows.resolve_uncertain import resolve
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold

_NO_CHARGE = "unplaced: a chargeback of a charge that no attempt of ours has"
_NOT_PAID = "unplaced: a chargeback of a payment that has not arrived"
_KNOWN = "known already"


def place_chargeback(
    business_id: BusinessId,
    account_id: UUID,
    fact: ChargebackTold,
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> str:
    """Settles what a gateway account tells of a chargeback, and says what came of it; `unplaced:
    ...` if it concerns nothing of ours.

    Where it comes before the payment's own event, the payment is asked for first; `Unavailable`
    while nobody knows whether that has arrived.
    """
    with reading(business_id):
        attempt = queries.attempt_of_charge(business_id, account_id, fact.charge)
        if attempt is None:
            attempt = _of_reference(business_id, account_id, fact.reference)
    if attempt is None:
        return _NO_CHARGE
    if attempt.state in OPEN_STATES:
        attempt = resolve(business_id, attempt.id, at=at, quiet=quiet)
    if attempt.is_undecided:
        raise Unavailable("It is not known yet whether the payment has arrived.")
    try:
        change = settle_chargeback(business_id, attempt.id, fact, at=at, by=by, quiet=quiet)
    except NotPaid:
        return _NOT_PAID
    return f"chargeback {change.target}" if change else _KNOWN


def _of_reference(business_id: BusinessId, account_id: UUID, reference: str) -> AttemptRow | None:
    """The attempt that we know by this reference at this account: its charge is not told yet."""
    try:
        attempt = queries.attempt(business_id, decode("pay", reference))
    except NotFound:
        return None
    return attempt if attempt.gateway_account_id == account_id else None
