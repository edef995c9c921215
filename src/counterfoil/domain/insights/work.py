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
    WaitingApproval,
    WaitingChargeback,
    WaitingDifference,
    WorkCount,
)
from counterfoil.domain.notifications.alarms import AlarmRow, alarms
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

_TAGGED = "AND k.tags && %(tags)s::varchar[]"
STUCK = Statement(__package__, "stuck_payments", StuckPayment, SEGMENT="")
STUCK_REFUNDS = Statement(__package__, "stuck_refunds", StuckRefund, SEGMENT="")
STUCK_HERE = Statement(__package__, "stuck_payments", StuckPayment, SEGMENT=_TAGGED)
STUCK_REFUNDS_HERE = Statement(__package__, "stuck_refunds", StuckRefund, SEGMENT=_TAGGED)
CHARGEBACKS = Statement(__package__, "waiting_chargebacks", WaitingChargeback)
APPROVALS = Statement(__package__, "waiting_approvals", WaitingApproval, SEGMENT="")
APPROVALS_HERE = Statement(__package__, "waiting_approvals", WaitingApproval, SEGMENT=_TAGGED)
DIFFERENCES = Statement(__package__, "waiting_differences", WaitingDifference)
ASIDE = Statement(__package__, "aside_events", AsideEvent)
MAILS_FAILED = Statement(__package__, "failed_mails", FailedMail)
LATE = Statement(__package__, "late_invoices", LateInvoice, SEGMENT="")
LATE_HERE = Statement(__package__, "late_invoices", LateInvoice, SEGMENT=_TAGGED)
IDLE = Statement(__package__, "idle_credits", IdleCredit)
COUNT = Statement(__package__, "work_count", WorkCount)
RAN = Statement(__package__, "ran", Ran)
AGEING = Statement(__package__, "ageing", Ageing)
TOTALS = Statement(__package__, "customer_totals", CustomerTotal)


@dataclass(frozen=True, slots=True)
class WorkList:
    """Everything that needs a person, the most urgent kind first."""

    count: WorkCount
    alarms: list[AlarmRow]
    payments: list[StuckPayment]
    refunds: list[StuckRefund]
    chargebacks: list[WaitingChargeback]
    differences: list[WaitingDifference]
    approvals: list[WaitingApproval]
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
        alarms=alarms(business_id, limit=limit),
        payments=STUCK.rows(**whose, limit=limit, **_patience(at)),
        refunds=_stuck_refunds(business_id, limit=limit, at=at),
        chargebacks=CHARGEBACKS.rows(**whose, limit=limit),
        differences=DIFFERENCES.rows(**whose, limit=limit, compared_before=at - COMPARED_WITHIN),
        approvals=APPROVALS.rows(**whose, limit=limit),
        events=ASIDE.rows(**whose, limit=limit, event_before=at - EVENT_PATIENCE),
        mails=MAILS_FAILED.rows(**whose, limit=limit),
        credits=IDLE.rows(**whose, limit=limit),
        late=LATE.rows(**whose, limit=LATE_SHOWN, due_before=late_since(today)),
    )


@dataclass(frozen=True, slots=True)
class SegmentWork:
    """What needs a person among the customers of a segment."""

    payments: list[StuckPayment]
    refunds: list[StuckRefund]
    approvals: list[WaitingApproval]
    late: list[LateInvoice]

    @property
    def count(self) -> int:
        """How many; of long kinds, only what is shown."""
        late = self.late[0].late_count if self.late else 0
        return len(self.payments) + len(self.refunds) + len(self.approvals) + late


def segment_work(
    business_id: BusinessId,
    tags: Sequence[str],
    *,
    today: date,
    at: datetime,
    limit: int = EACH_SHOWN,
) -> SegmentWork:
    """What needs a person among customers with one of these tags: nothing of anybody else's is in
    it, nor in its counts."""
    whose: dict[str, Any] = {"business_id": business_id, "tags": list(tags), "limit": limit}
    patience = _patience(at)
    return SegmentWork(
        payments=STUCK_HERE.rows(**whose, **patience),
        refunds=STUCK_REFUNDS_HERE.rows(
            **whose,
            submitted_before=patience["submitted_before"],
            processing_before=patience["processing_before"],
        ),
        approvals=APPROVALS_HERE.rows(**whose),
        late=LATE_HERE.rows(**{**whose, "limit": LATE_SHOWN}, due_before=late_since(today)),
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
