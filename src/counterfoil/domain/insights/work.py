"""Reads of the first page: what needs a person, what ran by itself, what is open and how late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from counterfoil.domain.insights.work_rows import (
    Ageing,
    AsideEvent,
    CustomerTotal,
    FailedMail,
    IdleCredit,
    LateInvoice,
    Ran,
    StuckPayment,
    StuckRefund,
    WaitingChargeback,
    WaitingDifference,
    WorkCount,
)
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

SUBMITTED_PATIENCE = timedelta(minutes=5)
ACTION_PATIENCE = timedelta(hours=1)
PROCESSING_PATIENCE = timedelta(days=7)
RETURNED_NEWS = timedelta(days=14)  # a debit that came back; after that its invoice is just late
EVENT_PATIENCE = timedelta(hours=1)  # its job has had all its tries after 35 minutes
COMPARED_WITHIN = timedelta(days=2)  # a gateway's list is compared each day
LATE_DAYS = 30
LATE_SHOWN = 3
EACH_SHOWN = 50
RAN_WITHIN = timedelta(hours=24)

STUCK = Statement(__package__, "stuck_payments", StuckPayment)
STUCK_REFUNDS = Statement(__package__, "stuck_refunds", StuckRefund)
CHARGEBACKS = Statement(__package__, "waiting_chargebacks", WaitingChargeback)
DIFFERENCES = Statement(__package__, "waiting_differences", WaitingDifference)
ASIDE = Statement(__package__, "aside_events", AsideEvent)
MAILS_FAILED = Statement(__package__, "failed_mails", FailedMail)
LATE = Statement(__package__, "late_invoices", LateInvoice)
IDLE = Statement(__package__, "idle_credits", IdleCredit)
COUNT = Statement(__package__, "work_count", WorkCount)
RAN = Statement(__package__, "ran", Ran)
AGEING = Statement(__package__, "ageing", Ageing)
TOTALS = Statement(__package__, "customer_totals", CustomerTotal)


@dataclass(frozen=True, slots=True)
class WorkList:
    """Everything that needs a person, the most urgent kind first."""

    count: WorkCount
    payments: list[StuckPayment]
    refunds: list[StuckRefund]
    chargebacks: list[WaitingChargeback]
    differences: list[WaitingDifference]
    events: list[AsideEvent]
    mails: list[FailedMail]
    credits: list[IdleCredit]
    late: list[LateInvoice]


def _patience(at: datetime) -> dict[str, datetime]:
    return {
        "submitted_before": at - SUBMITTED_PATIENCE,
        "action_before": at - ACTION_PATIENCE,
        "processing_before": at - PROCESSING_PATIENCE,
        "returned_after": at - RETURNED_NEWS,
    }


def late_since(today: date) -> date:
    """Invoices due before this day are late for so long that a person should act."""
    return today - timedelta(days=LATE_DAYS)


def work_count(business_id: BusinessId, *, today: date, at: datetime) -> WorkCount:
    """How many things need a person, in one round trip."""
    found = COUNT.first(
        business_id=business_id,
        due_before=late_since(today),
        event_before=at - EVENT_PATIENCE,
        compared_before=at - COMPARED_WITHIN,
        **_patience(at),
    )
    assert found is not None
    return found


def work_list(
    business_id: BusinessId, *, today: date, at: datetime, limit: int = EACH_SHOWN
) -> WorkList:
    """What needs a person: at most `limit` of each kind, and the largest late invoices."""
    whose: dict[str, Any] = {"business_id": business_id}
    return WorkList(
        count=work_count(business_id, today=today, at=at),
        payments=STUCK.rows(**whose, limit=limit, **_patience(at)),
        refunds=_stuck_refunds(business_id, limit=limit, at=at),
        chargebacks=CHARGEBACKS.rows(**whose, limit=limit),
        differences=DIFFERENCES.rows(**whose, limit=limit, compared_before=at - COMPARED_WITHIN),
        events=ASIDE.rows(**whose, limit=limit, event_before=at - EVENT_PATIENCE),
        mails=MAILS_FAILED.rows(**whose, limit=limit),
        credits=IDLE.rows(**whose, limit=limit),
        late=LATE.rows(**whose, limit=LATE_SHOWN, due_before=late_since(today)),
    )


def _stuck_refunds(business_id: BusinessId, *, limit: int, at: datetime) -> list[StuckRefund]:
    return STUCK_REFUNDS.rows(
        business_id=business_id,
        limit=limit,
        submitted_before=at - SUBMITTED_PATIENCE,
        processing_before=at - PROCESSING_PATIENCE,
    )


def ran_by_itself(business_id: BusinessId, *, at: datetime) -> Ran:
    """What ran without a person in the last 24 hours."""
    since = at - RAN_WITHIN
    found = RAN.first(business_id=business_id, since=since, since_id=_lowest_id(since))
    assert found is not None
    return found


def _lowest_id(at: datetime) -> UUID:
    """No UUIDv7 made at or after this moment sorts before it."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def ageing(business_id: BusinessId, *, today: date) -> list[Ageing]:
    """What is open by currency and lateness, the currency with most invoices first."""
    return AGEING.rows(business_id=business_id, today=today)


def customer_totals(
    business_id: BusinessId, customer_ids: Sequence[UUID], *, today: date
) -> dict[UUID, list[CustomerTotal]]:
    """What these customers owe, the largest currency first; who owes nothing is left out."""
    rows = TOTALS.rows(business_id=business_id, customer_ids=list(customer_ids), today=today)
    found: dict[UUID, list[CustomerTotal]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found
