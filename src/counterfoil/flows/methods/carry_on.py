"""A payment whose mandate its payer gives on the gateway's own page: carried on once it stands.

Return page, webhook and sweep all come through here. Nothing is charged before the mandate stands,
and whoever holds the attempt while it waits is the only one to send it, or to give it up.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.mandate_outcomes import ENDED
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import AttemptRow, MandateRow
from counterfoil.domain.payments.states import MandateState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.debits.debit_account import debit
from counterfoil.flows.debits.resolve_mandate import resolve_mandate
from counterfoil.flows.gateways import charge_once
from counterfoil.flows.settle_payment import settle, settle_with
from counterfoil.infra.db import reading, run
from counterfoil.kernel import clock, purposes
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result

PATIENCE = timedelta(hours=1)  # how long an invoice is held for a payer who is at the page


def carry_on(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> AttemptRow:
    """Asks about the mandate, charges on it if it stands, and gives the payment up if it never
    will, or nobody gave it for an hour. Safe from any road, however often."""
    attempt, mandate = _read(business_id, attempt_id)
    if not attempt.waits_for_mandate:
        return attempt
    if not (mandate.is_active or mandate.state in ENDED):
        mandate = resolve_mandate(business_id, mandate.id, at=at)
    if mandate.is_active:
        _send(business_id, attempt, mandate, at=at)
    elif mandate.state in ENDED:
        was_refused = mandate.state == MandateState.FAILED
        code = FailureCode.DEBIT_NOT_AUTHORISED if was_refused else FailureCode.ABANDONED
        _give_up(business_id, attempt_id, code, f"mandate {mandate.state}", at=at)
    elif at - attempt.created_at > PATIENCE:
        _give_up(business_id, attempt_id, FailureCode.ABANDONED, "mandate not given", at=at)
    with reading(business_id):
        return queries.attempt(business_id, attempt_id)


def carry_on_all(business_id: BusinessId, mandate_id: UUID, *, at: datetime) -> int:
    """Carries on whatever waits for this mandate; returns how many."""
    now = clock.going_on(at)
    with reading(business_id):
        waiting = queries.attempts_waiting_for(business_id, mandate_id)
    for attempt_id in waiting:
        carry_on(business_id, attempt_id, at=now())
    return len(waiting)


def call_off(business_id: BusinessId, attempt_id: UUID, *, at: datetime, by: Actor) -> bool:
    """Stops a payment that waits for its mandate: nothing has been charged, so nobody is asked;
    False if it waits no more."""
    return _end(business_id, attempt_id, Outcome("", Result.CANCELLED), at=at, by=by)


def _read(business_id: BusinessId, attempt_id: UUID) -> tuple[AttemptRow, MandateRow]:
    with reading(business_id):
        attempt = queries.attempt(business_id, attempt_id)
        assert attempt.mandate_id is not None
        return attempt, mandates.mandate(business_id, attempt.mandate_id)


def _send(
    business_id: BusinessId, attempt: AttemptRow, mandate: MandateRow, *, at: datetime
) -> None:
    """Record, commit, call, settle. What was surely not sent waits again, for the next sweep."""
    call = partial(charge_once, began=clock.uptime())
    if not run(business_id, lambda: _take_up(business_id, attempt, mandate, at)):
        return
    with reading(business_id):
        account = queries.account(business_id, attempt.gateway_account_id)
        numbers = _numbers(business_id, attempt.id)
    reference = encode("pay", attempt.id)
    request = ChargeRequest(
        reference=reference,
        amount=attempt.amount,
        source="",
        customer=encode("cus", attempt.customer_id),
        description=purposes.told(numbers) or reference,
        return_url="",
        locale=attempt.locale,
    )
    outcome = debit(business_id, account, request, attempt.id, at=at, call=call)
    if outcome.result is Result.ABSENT and at - attempt.created_at <= PATIENCE:
        outcome = Outcome(reference, Result.ACTION_REQUIRED)
    settle(business_id, [AttemptOutcome(attempt.id, outcome)], at=at, by=SYSTEM)


def _numbers(business_id: BusinessId, attempt_id: UUID) -> list[str]:
    """Of the invoices that it is for."""
    claimed = [one.invoice_id for one in receivables.claims(business_id, [attempt_id])]
    items = receivables.items(business_id, claimed)
    return [items[one].number for one in claimed]


def _take_up(
    business_id: BusinessId, attempt: AttemptRow, mandate: MandateRow, at: datetime
) -> bool:
    if not payments.hold_waiting(business_id, attempt.id):
        return False
    try:
        mandates.require_active(business_id, mandate.id, attempt.customer_id)
    except mandates.MandateEnded:
        return False  # the next to come gives it up
    payments.submit_held(business_id, attempt.id, at=at, by=SYSTEM)
    return True


def _give_up(
    business_id: BusinessId, attempt_id: UUID, code: FailureCode, why: str, *, at: datetime
) -> None:
    outcome = Outcome("", Result.FAILED, failure=Failure(code, why))
    _end(business_id, attempt_id, outcome, at=at, by=SYSTEM)


def _end(
    business_id: BusinessId, attempt_id: UUID, outcome: Outcome, *, at: datetime, by: Actor
) -> bool:
    def work() -> bool:
        if not payments.hold_waiting(business_id, attempt_id):
            return False
        settle_with(business_id, [AttemptOutcome(attempt_id, outcome)], at=at, by=by)
        return True

    return run(business_id, work)
