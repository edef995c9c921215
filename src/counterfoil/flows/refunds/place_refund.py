"""Finds which refund a gateway tells of, writes down one that was made without us, and settles
it."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import FoundRefund, WaitingEvent
from counterfoil.domain.payments.states import OPEN_STATES, AttemptState
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.flows.resolve_uncertain import resolve
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

_NO_REFUND = "unplaced: no refund of ours has this reference"
_NO_CHARGE = "unplaced: a refund of a charge that no attempt of ours has"
_NOT_PAID = "unplaced: a refund of a payment that has not arrived"
_NO_AMOUNT = "unplaced: a refund that was not begun here, without its amount"
_CAME_TO_NOTHING = "a refund that was not begun here came to nothing"
_KNOWN = "known already"
_NOTHING_WENT = frozenset({Result.FAILED, Result.CANCELLED})


def place_refund(
    business_id: BusinessId, event: WaitingEvent, fact: RefundOutcome, *, at: datetime, by: Actor
) -> str:
    """Settles what a gateway tells of a refund: ours by our own reference, one that was made over
    there by the charge that it is of. Says what came of it; `unplaced: ...` if it concerns
    nothing of ours."""
    if fact.reference:
        refund_id, why = _ours(business_id, event, fact.reference), _NO_REFUND
    else:
        refund_id, why = _found(business_id, event, fact, at=at, by=by)
    if refund_id is None:
        return why
    changes = settle_refunds(business_id, [RefundTold(refund_id, fact)], at=at, by=by)
    return f"refund {changes[0].target}" if changes else _KNOWN


def _ours(business_id: BusinessId, event: WaitingEvent, reference: str) -> UUID | None:
    """The refund that we began under this reference at this gateway account."""
    try:
        refund_id = decode("ref", reference)
        with reading(business_id):
            refund = queries.refund(business_id, refund_id)
    except NotFound:
        return None
    return refund.id if refund.gateway_account_id == event.gateway_account_id else None


def _found(
    business_id: BusinessId, event: WaitingEvent, fact: RefundOutcome, *, at: datetime, by: Actor
) -> tuple[UUID | None, str]:
    """A refund that was made at the gateway without us, or why there is nothing to write down."""
    with reading(business_id):
        attempt = queries.attempt_of_charge(business_id, event.gateway_account_id, fact.charge)
    if attempt is None:
        return None, _NO_CHARGE
    if attempt.state in OPEN_STATES:  # the refund's event came before the payment's own
        attempt = resolve(business_id, attempt.id, at=at)
    if attempt.state not in (AttemptState.SUCCEEDED, AttemptState.RETURNED):
        return None, _NOT_PAID
    if fact.amount is None or not fact.gateway_ref:
        return None, _NO_AMOUNT
    if fact.result in _NOTHING_WENT and not _is_known(business_id, attempt.id, fact):
        return None, _CAME_TO_NOTHING
    found = FoundRefund(attempt.id, fact.amount, fact.gateway_ref)
    return refunds.find_refund(business_id, found, at=at, by=by), ""


def _is_known(business_id: BusinessId, attempt_id: UUID, fact: RefundOutcome) -> bool:
    with reading(business_id):
        known = queries.refunds_of(business_id, [attempt_id])
    return any(one.gateway_ref == fact.gateway_ref for one in known)
