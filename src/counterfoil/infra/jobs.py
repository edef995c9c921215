"""Deferring jobs by name, in the transaction that gives them their cause."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from counterfoil.kernel.ids import BusinessId


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
        task.batch_defer(*({"business_id": str(business_id), **one} for one in arguments))
