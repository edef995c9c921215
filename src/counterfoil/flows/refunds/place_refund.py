"""Finds which refund a gateway tells of, writes down one that was made without us, and settles
it."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import FoundRefund, WaitingEvent
from counterfoil.domain.payments.states import OPEN_REFUNDS, OPEN_STATES, AttemptState
from counterfoil.flows.refunds import resolve_refund
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.flows.resolve_uncertain import resolve
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.kernel.money import Money
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
    """Settles what a gateway tells of a refund: ours by our own reference; one that was made over
    there, or that a restored backup has lost, by the charge that it is of. Says what came of it;
    `unplaced: ...` if it concerns nothing of ours. `Unavailable` while it may be one of ours, or of
    a payment of ours, that nobody knows the end of."""
    refund_id, why = _ours(business_id, event, fact.reference), ""
    if refund_id is None:
        refund_id, why = _found(business_id, event, fact, at=at, by=by)
    if refund_id is None:
        return _NO_REFUND if fact.reference else why
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
        is_awaited = (
            attempt is None
            and fact.amount is not None
            and queries.is_charge_awaited(
                business_id,
                event.gateway_account_id,
                currency=fact.amount.currency,
                at_least_minor=fact.amount.minor,
            )
        )
    if is_awaited:
        raise Unavailable("It may be of a payment whose charge nobody has told us yet.")
    if attempt is None:
        return None, _NO_CHARGE
    if attempt.state in OPEN_STATES:  # the refund's event came before the payment's own
        attempt = resolve(business_id, attempt.id, at=at)
    if attempt.is_undecided:
        raise Unavailable("It is not known yet whether the payment has arrived.")
    if attempt.state not in (AttemptState.SUCCEEDED, AttemptState.RETURNED):
        return None, _NOT_PAID
    if fact.amount is None or not fact.gateway_ref:
        return None, _NO_AMOUNT
    if fact.result in _NOTHING_WENT and not _is_known(business_id, attempt.id, fact):
        return None, _CAME_TO_NOTHING
    if not _is_known(business_id, attempt.id, fact):
        _settle_ours(business_id, attempt.id, fact.amount, at=at)
    found = FoundRefund(attempt.id, fact.amount, fact.gateway_ref)
    return refunds.find_refund(business_id, found, at=at, by=by), ""


def _settle_ours(business_id: BusinessId, attempt_id: UUID, amount: Money, *, at: datetime) -> None:
    """What looks like a refund made over there may be our own, whose answer was lost: it is asked
    about first, so that no money is booked twice. `Unavailable` while that is not known."""
    with reading(business_id):
        known = queries.refunds_of(business_id, [attempt_id])
    for one in known:
        is_unsure = one.state in OPEN_REFUNDS and not one.gateway_ref and not one.failure_code
        if not (one.is_ours and is_unsure and one.amount == amount):
            continue
        now = resolve_refund.resolve(business_id, one.id, at=at)
        if now.state in OPEN_REFUNDS and not now.gateway_ref and not now.failure_code:
            raise Unavailable("It is not known yet what became of a refund of our own.")


def _is_known(business_id: BusinessId, attempt_id: UUID, fact: RefundOutcome) -> bool:
    with reading(business_id):
        known = queries.refunds_of(business_id, [attempt_id])
    return any(one.gateway_ref == fact.gateway_ref for one in known)
