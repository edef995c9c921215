"""Asks the gateway what became of an attempt, by our own key, until there is a definite answer."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, AttemptRow
from counterfoil.domain.payments.states import OPEN_STATES, AttemptState
from counterfoil.flows.gateways import ABSENCE_IS_PROOF_AFTER, look_up
from counterfoil.flows.methods.carry_on import carry_on
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.apart import each_in_turn
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result


def resolve(
    business_id: BusinessId, attempt_id: UUID, *, at: datetime, quiet: bool = False
) -> AttemptRow:
    """Asks once and settles what the gateway knows; not knowing moves an attempt only while its
    first answer is awaited.

    A look-up that is due is put off before it is made, so that one that breaks holds up nobody.
    The return page and the poller use it alike; `NotFound` for an attempt that does not exist.
    `quiet` sends no mail.
    """
    with reading(business_id):
        attempt = queries.attempt(business_id, attempt_id)
        account = queries.account(business_id, attempt.gateway_account_id)
    if attempt.state not in OPEN_STATES:
        return attempt
    if attempt.next_check_at is not None and attempt.next_check_at <= at:
        payments.put_off_check(
            business_id, payments.ATTEMPTS, attempt_id, checks=attempt.checks, at=at
        )
    if attempt.waits_for_mandate:
        return carry_on(business_id, attempt_id, at=at)
    outcome = _ask(account, attempt)
    if outcome.result == Result.ABSENT and not _absence_is_proof(attempt, at):
        outcome = Outcome(outcome.reference, Result.UNKNOWN)
    if outcome.result != Result.UNKNOWN or attempt.state == AttemptState.SUBMITTED:
        outcomes = [AttemptOutcome(attempt_id, outcome)]
        settle(business_id, outcomes, at=at, by=SYSTEM, quiet=quiet)
    with reading(business_id):
        return queries.attempt(business_id, attempt_id)


def _absence_is_proof(attempt: AttemptRow, at: datetime) -> bool:
    began = attempt.submitted_at or attempt.created_at
    return at - began > ABSENCE_IS_PROOF_AFTER


def _ask(account: Account, attempt: AttemptRow) -> Outcome:
    try:
        return look_up(account, attempt)
    except Unavailable:
        return Outcome(encode("pay", attempt.id), Result.UNKNOWN)


def sweep(business_id: BusinessId, *, at: datetime) -> int:
    """Resolves every attempt whose look-up is due (a crash, a lost answer, a forgotten 3-D Secure
    page), each gateway account in its turn; returns how many were asked about."""
    now = clock.going_on(at)
    with reading(business_id):
        waiting = queries.attempts_to_check(business_id, at=at)
    return each_in_turn(
        waiting,
        lambda attempt: attempt.gateway_account_id,
        lambda attempt: resolve(business_id, attempt.id, at=now()),
    )
