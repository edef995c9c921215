"""Asks a gateway about what its movements say and our books do not have: lost events, found."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import Account, AttemptRow, RefundRow
from counterfoil.domain.payments.states import OPEN_REFUNDS, OPEN_STATES, AttemptState
from counterfoil.domain.payments.states import ChargebackState as State
from counterfoil.flows.aftermath.match_movements import Known, known
from counterfoil.flows.aftermath.place_chargeback import place_chargeback
from counterfoil.flows.gateways import chargebacks_of, listing_of, look_up, offers
from counterfoil.flows.refunds import resolve_refund
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.flows.resolve_uncertain import resolve
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.events import Fact
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.payouts import Movement, MovementKind
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

FEW = 5  # asked about by name; more of them are read from the gateway's list
AT_ONCE = 500  # settled in one transaction
LOOK_UPS_MAX = 200  # of one payout, in one go
ASKED_WITHIN = timedelta(minutes=2)
CLOCKS_APART = timedelta(days=1)
T = TypeVar("T", AttemptRow, RefundRow)
_DISPUTED = (MovementKind.CHARGEBACK, MovementKind.CHARGEBACK_REVERSAL)


def fetch_missing(
    business_id: BusinessId, account: Account, movements: Sequence[Movement], *, at: datetime
) -> None:
    """Settles by the one door whatever of these movements is ours and not booked: many at once from
    the gateway's own list, where it has one, and the others asked about by name, so many at most.
    What is not answered stays as it is: the movement waits in suspense, and is looked at again."""
    with reading(business_id):
        there = known(business_id, account.id, movements)
    attempts = _behind(there.attempt(one) for one in movements if _is_news(there, one))
    asked = _behind(chain.from_iterable(map(there.refunds_asked, movements)))
    refunds = [one for one in asked if one.state in OPEN_REFUNDS]
    listed = _listed(account, [*attempts, *refunds]) if len(attempts) + len(refunds) > FEW else []
    left, is_over = LOOK_UPS_MAX, clock.turn(ASKED_WITHIN)
    for attempt in _settle_charges(business_id, attempts, listed, at=at)[:left]:
        if is_over():
            return
        left -= 1
        if attempt.state in OPEN_STATES:
            resolve(business_id, attempt.id, at=at)
        else:
            _return(business_id, account, attempt, at=at)
    for refund in _settle_refunds(business_id, refunds, listed, at=at)[:left]:
        if is_over():
            return
        left -= 1
        resolve_refund.resolve(business_id, refund.id, at=at)
    disputed = [one for one in movements if one.kind in _DISPUTED and not _has(there, one)]
    for movement in disputed[:left]:
        if is_over():
            return
        _chargeback(business_id, account, movement, at=at)


def _is_news(there: Known, movement: Movement) -> bool:
    """Whether the payment behind it is not as far here as the movement says."""
    attempt = there.attempt(movement)
    if attempt is None:
        return False
    is_return = movement.kind is MovementKind.RETURN
    return attempt.state in OPEN_STATES or (is_return and attempt.state == AttemptState.SUCCEEDED)


def _behind(found: Iterable[T | None]) -> list[T]:
    """Each once."""
    return list({one.id: one for one in found if one is not None}.values())


@outside_transaction
def _listed(account: Account, rows: Sequence[AttemptRow | RefundRow]) -> list[Fact]:
    """What the gateway lists of the time when these were made; nothing where it can't now."""
    if not offers(account.kind, Capability.LISTING):
        return []
    made = [one.created_at for one in rows]
    since, until = min(made) - CLOCKS_APART, max(made) + CLOCKS_APART
    try:
        found = list(listing_of(account.kind).listed(account.opened, since=since, until=until))
    except Unavailable:
        return []
    return [one.fact for one in found if isinstance(one, Listed)]


def _settle_charges(
    business_id: BusinessId, attempts: Sequence[AttemptRow], listed: Sequence[Fact], *, at: datetime
) -> list[AttemptRow]:
    """Settles what the list says of these; returns those of which it says nothing definite."""
    said = {one.reference: one for one in listed if isinstance(one, Outcome) and one.reference}
    outcomes = [
        AttemptOutcome(one.id, said[encode("pay", one.id)])
        for one in attempts
        if encode("pay", one.id) in said
    ]
    changed = {
        one.attempt_id
        for start in range(0, len(outcomes), AT_ONCE)
        for one in settle(business_id, outcomes[start : start + AT_ONCE], at=at, by=SYSTEM)
    }
    return [one for one in attempts if one.id not in changed]


def _settle_refunds(
    business_id: BusinessId, refunds: Sequence[RefundRow], listed: Sequence[Fact], *, at: datetime
) -> list[RefundRow]:
    """The same for refunds; one that was made there is known by the gateway's id."""
    facts = [one for one in listed if isinstance(one, RefundOutcome)]
    ours = {one.reference: one for one in facts if one.reference}
    theirs = {one.gateway_ref: one for one in facts if one.gateway_ref}
    told = []
    for one in refunds:
        fact = ours.get(encode("ref", one.id)) or theirs.get(one.gateway_ref)
        if fact is not None:
            told.append(RefundTold(one.id, fact))
    changed = {
        one.refund.id
        for start in range(0, len(told), AT_ONCE)
        for one in settle_refunds(business_id, told[start : start + AT_ONCE], at=at, by=SYSTEM)
    }
    return [one for one in refunds if one.id not in changed]


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
    try:
        outcome = look_up(account, attempt)
    except Unavailable:
        return
    settle(business_id, [AttemptOutcome(attempt.id, outcome)], at=at, by=SYSTEM)


def _chargeback(
    business_id: BusinessId, account: Account, movement: Movement, *, at: datetime
) -> None:
    told = _look_up_chargeback(account, movement.source)
    if told is None:
        return
    with suppress(Unavailable):  # of a payment that nobody knows the end of: the next reading asks
        place_chargeback(business_id, account.id, told, at=at, by=SYSTEM)


@outside_transaction
def _look_up_chargeback(account: Account, gateway_ref: str) -> ChargebackTold | None:
    if not gateway_ref or not offers(account.kind, Capability.CHARGEBACKS):
        return None
    try:
        return chargebacks_of(account.kind).look_up_chargeback(account.opened, gateway_ref)
    except Unavailable:
        return None
