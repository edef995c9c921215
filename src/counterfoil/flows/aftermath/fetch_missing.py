"""Asks a gateway about what its movements say and our books do not have: lost events, found."""

from collections.abc import Sequence
from datetime import datetime

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, AttemptRow
from counterfoil.domain.payments.states import OPEN_REFUNDS, OPEN_STATES, AttemptState
from counterfoil.domain.payments.states import ChargebackState as State
from counterfoil.flows.aftermath.match_movements import Known, known
from counterfoil.flows.aftermath.place_chargeback import place_chargeback
from counterfoil.flows.gateways import chargebacks_of, charges_of, offers
from counterfoil.flows.refunds import resolve_refund
from counterfoil.flows.resolve_uncertain import resolve
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.payouts import Movement, MovementKind

_DISPUTED = (MovementKind.CHARGEBACK, MovementKind.CHARGEBACK_REVERSAL)


def fetch_missing(
    business_id: BusinessId, account: Account, movements: Sequence[Movement], *, at: datetime
) -> None:
    """Settles by the one door whatever of these movements is ours and not booked. What the gateway
    does not answer stays as it is: the movement waits in suspense."""
    with reading(business_id):
        there = known(business_id, account.id, movements)
    for movement in movements:
        attempt = there.attempt(movement)
        if attempt is not None and attempt.state in OPEN_STATES:
            resolve(business_id, attempt.id, at=at)
        if movement.kind is MovementKind.RETURN and attempt is not None:
            _return(business_id, account, attempt, at=at)
        refund = there.refund(movement)
        if refund is not None and refund.state in OPEN_REFUNDS:
            resolve_refund.resolve(business_id, refund.id, at=at)
        if movement.kind in _DISPUTED and not _has(there, movement):
            _chargeback(business_id, account, movement, at=at)


def _has(there: Known, movement: Movement) -> bool:
    found = there.chargebacks.get(movement.source)
    if found is None:
        return False
    return movement.kind is MovementKind.CHARGEBACK or found.state == State.WON


def _return(
    business_id: BusinessId, account: Account, attempt: AttemptRow, *, at: datetime
) -> None:
    if attempt.state != AttemptState.SUCCEEDED:
        return
    outcome = _look_up(account, attempt)
    if outcome is not None:
        settle(business_id, [AttemptOutcome(attempt.id, outcome)], at=at, by=SYSTEM)


@outside_transaction
def _look_up(account: Account, attempt: AttemptRow) -> Outcome | None:
    try:
        return charges_of(account.kind).look_up(
            account.opened, encode("pay", attempt.id), attempt.gateway_ref
        )
    except Unavailable:
        return None


def _chargeback(
    business_id: BusinessId, account: Account, movement: Movement, *, at: datetime
) -> None:
    told = _look_up_chargeback(account, movement.source)
    if told is not None:
        place_chargeback(business_id, account.id, told, at=at, by=SYSTEM)


@outside_transaction
def _look_up_chargeback(account: Account, gateway_ref: str) -> ChargebackTold | None:
    if not gateway_ref or not offers(account.kind, Capability.CHARGEBACKS):
        return None
    try:
        return chargebacks_of(account.kind).look_up_chargeback(account.opened, gateway_ref)
    except Unavailable:
        return None
