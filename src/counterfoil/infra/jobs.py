"""Deferring jobs by name, in the transaction that gives them their cause."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

from counterfoil.kernel.ids import BusinessId

# In a worker the app itself defers over a pool of its own, outside our transaction: a job would
# start before its cause is committed, and stay when its cause is rolled back.
_MANAGER = JobManager(DjangoConnector(alias="default"))


def defer(
    business_id: BusinessId, name: str, *, schedule_at: datetime | None = None, **arguments: Any
) -> None:
    """One job; gone again if the transaction rolls back."""
    defer_many(business_id, name, [arguments], schedule_at=schedule_at)


def defer_many(
    business_id: BusinessId,
    name: str,
    arguments: Sequence[Mapping[str, Any]],
    *,
    schedule_at: datetime | None = None,
) -> None:
    """Several jobs of one kind in one statement; the business is their first argument."""
    if arguments:
        task = app.configure_task(name, schedule_at=schedule_at)
        task.job_manager = _MANAGER
        task.batch_defer(*({"business_id": str(business_id), **one} for one in arguments))
