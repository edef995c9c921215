"""Concludes a plan when its payment is decided, and ends those that have lost their cause."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.arrangements import operations as arrangements
from counterfoil.domain.arrangements import queries
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.arrangements.states import EndReason
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.states import AttemptState
from counterfoil.infra import jobs
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId, encode

_DECIDED = {
    AttemptState.SUCCEEDED: True,
    AttemptState.RETURNED: True,  # it was paid; what came back is the invoice's own story
    AttemptState.FAILED: False,
    AttemptState.CANCELLED: False,
}


def conclude(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> bool:
    """What became of the payment becomes of its plan; False if the payment carries out none, is not
    decided, or the plan knows. One that was surely not sent is tried again. A failed one is not:
    its customer has a mail with the reason and a way to pay."""
    with reading(business_id):
        row = queries.schedule_of_attempt(business_id, attempt_id)
        attempt = payments.attempt(business_id, attempt_id)
    if row is None or attempt.state not in _DECIDED:
        return False
    if attempt.was_not_sent:
        why = attempt.failure_code
        arrangements.put_back(business_id, row.id, at=at, why=why, attempt_id=attempt_id)
        return False
    is_paid = _DECIDED[AttemptState(attempt.state)]

    def work() -> bool:
        is_new = arrangements.conclude(business_id, row.id, is_paid=is_paid, at=at, by=SYSTEM)
        if is_new and not is_paid:
            about = {"payment": encode("pay", attempt_id)}
            jobs.defer(business_id, "send_payment_failed", about=about)
        return is_new

    return run(business_id, work)


def end_lost(business_id: BusinessId, row: ScheduleRow, *, at: datetime) -> bool:
    """Ends a plan whose method is gone, or whose invoices have nothing due: they were paid
    otherwise, credited or voided."""
    reason = EndReason.NOTHING_DUE if row.is_method_there else EndReason.METHOD_GONE
    return arrangements.end(business_id, row.id, reason, at=at, by=SYSTEM)
