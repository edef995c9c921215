"""Asks gateways about mandates whose answer is awaited, and tells them of those that ended here."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments.mandate_outcomes import ENDED, MandateTold
from counterfoil.domain.payments.operations import put_off_check
from counterfoil.domain.payments.rows import Account, MandateRow
from counterfoil.domain.payments.states import MandateState
from counterfoil.flows.debits.settle_mandates import settle_mandates
from counterfoil.flows.gateways import ABSENCE_IS_PROOF_AFTER, mandates_of
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.apart import each_in_turn
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome
from counterfoil.kernel.ports.gateways.mandates import MandateState as Told

GIVEN_WITHIN = timedelta(days=14)  # a second signer may take that long
NOT_GIVEN = "not_given"
_ENDED_THERE = (Told.FAILED, Told.REVOKED, Told.EXPIRED, Told.ABSENT)


def resolve_mandate(business_id: BusinessId, mandate_id: UUID, *, at: datetime) -> MandateRow:
    """Asks once about a mandate without an answer, or ends one over there that has ended here;
    not knowing changes nothing but when it is tried again."""
    with reading(business_id):
        mandate = mandates.mandate(business_id, mandate_id)
        account = queries.account(business_id, mandate.gateway_account_id)
    if mandate.next_check_at is None:
        return mandate
    if mandate.next_check_at <= at:
        put_off_check(
            business_id, mandates.MANDATES_TABLE, mandate_id, checks=mandate.checks, at=at
        )
    if MandateState(mandate.state) in ENDED:
        if not mandate.gateway_ref or _is_ended_there(account, mandate):
            mandates.plan_mandate_check(business_id, mandate_id, next_check_at=None)
    else:
        outcome = _ask(account, mandate)
        if mandate.is_active and outcome.state is Told.ACTIVE:
            mandates.plan_mandate_check(business_id, mandate_id, next_check_at=None)
        is_late = not mandate.is_active and at - mandate.created_at > GIVEN_WITHIN
        if is_late and outcome.state is Told.PENDING:
            outcome = replace(outcome, state=Told.REVOKED, reason=NOT_GIVEN)
        is_early = at - mandate.created_at <= ABSENCE_IS_PROOF_AFTER
        is_absent = outcome.state is Told.ABSENT
        if outcome.state is not Told.UNKNOWN and not (is_absent and is_early):
            settle_mandates(business_id, [MandateTold(mandate_id, outcome)], at=at, by=SYSTEM)
        if outcome.reason == NOT_GIVEN:  # the gateway is told by the next sweep
            mandates.plan_mandate_check(business_id, mandate_id, next_check_at=at)
    with reading(business_id):
        return mandates.mandate(business_id, mandate_id)


@outside_transaction
def _ask(account: Account, mandate: MandateRow) -> MandateOutcome:
    gateway = mandates_of(account.kind)
    try:
        return gateway.look_up_mandate(account.opened, mandate.reference, mandate.gateway_ref)
    except Unavailable:
        return MandateOutcome(mandate.reference, Told.UNKNOWN)


@outside_transaction
def _end_there(account: Account, mandate: MandateRow) -> MandateOutcome:
    gateway = mandates_of(account.kind)
    try:
        return gateway.revoke(account.opened, mandate.reference, mandate.gateway_ref)
    except Unavailable:
        return MandateOutcome(mandate.reference, Told.UNKNOWN)


def _is_ended_there(account: Account, mandate: MandateRow) -> bool:
    """Ends it over there. A gateway may keep its answer to our key, a failure too, and give it
    again however often we ask: then what it says of the mandate itself is believed."""
    if _end_there(account, mandate).state in _ENDED_THERE:
        return True
    state = _ask(account, mandate).state
    return state in _ENDED_THERE and state is not Told.ABSENT


def sweep(business_id: BusinessId, *, at: datetime) -> int:
    """Resolves every mandate whose time has come, each gateway account in its turn; returns how
    many."""
    now = clock.going_on(at)
    with reading(business_id):
        waiting = mandates.mandates_to_check(business_id, at=at)
    return each_in_turn(
        waiting,
        lambda mandate: mandate.gateway_account_id,
        lambda mandate: resolve_mandate(business_id, mandate.id, at=now()),
    )
