"""Writes about planned payments: what is charged tomorrow, and what is not charged after all."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.arrangements import queries
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.arrangements.states import ScheduleState
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.notifications.letters import Letter, PaidWith, PlannedLetter, Reader
from counterfoil.flows.addresses import planned_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.writing import Subject, write
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId, encode


def send_tomorrow(business_id: BusinessId, schedule_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes what will be charged, on which day and by what, once a plan and day, to every contact
    that gets receipts; nothing about a plan that is over, or for nothing."""
    with reading(business_id):
        row = queries.schedule(business_id, schedule_id)
    if row.state != ScheduleState.PLANNED or not row.amount:
        return []
    return _send(business_id, row, f"planned-tomorrow:{row.id}:{row.pay_date}", at=at)


def send_ended(business_id: BusinessId, schedule_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes that a plan ended without a charge, and why, once."""
    with reading(business_id):
        row = queries.schedule(business_id, schedule_id)
    if row.state != ScheduleState.ENDED:
        return []
    return _send(business_id, row, f"planned-ended:{row.id}", at=at)


def _send(business_id: BusinessId, row: ScheduleRow, cause: str, *, at: datetime) -> list[UUID]:
    with reading(business_id):
        customer = customers.customer(business_id, row.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
    letterhead = letterhead_of(businesses.by_id(business_id))
    is_over = row.state == ScheduleState.ENDED

    def compose(reader: Reader, _link: str) -> Letter:
        return PlannedLetter(
            letterhead=letterhead,
            reader=reader,
            amount=row.agreed if is_over else row.amount,
            pay_date=row.pay_date,
            paid_with=PaidWith(row.kind, row.brand, row.last4),
            numbers=row.numbers,
            end_reason=row.end_reason,
            outlives_card=row.outlives_card and not is_over,
            link=planned_url(business_id, encode("sch", row.id)),
        )

    about = Subject(cause, "schedule", row.id, customer)
    readers = [one for one in contacts if one.gets_receipts]
    return write(business_id, about, readers, compose, at=at)
