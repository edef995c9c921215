"""Deferring jobs by name, in the transaction that gives them their cause."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from counterfoil.infra.db import execute_later
from counterfoil.kernel.ids import BusinessId

HEARTBEAT_SECONDS = 5.0
MOST = 500  # jobs of one kind that a transaction makes itself
LOST_AFTER_SECONDS = 15.0  # without a sign of life, a worker's jobs are given to the others

# By the queue's own function, but over our connection: the library would take one of its own in a
# worker (a job would start before its cause is committed, and stay when its cause is rolled back),
# and makes a Python object of each job, which costs more than all else that a settlement does.
_DEFER = """
SELECT procrastinate_defer_jobs_v1(array_agg(
  ROW(%(queue)s::text, %(task)s::text, %(priority)s::int, NULL, NULL, j.args,
      %(schedule_at)s::timestamptz)::procrastinate_job_to_defer_v1))
FROM unnest(%(arguments)s::jsonb[]) AS j(args)
"""


_IS_QUIET: ContextVar[bool] = ContextVar("counterfoil_is_quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """While history is seeded, no job is deferred: events are stored as ever,
    and nobody is written to about what is long over."""
    before = _IS_QUIET.set(True)
    try:
        yield
    finally:
        _IS_QUIET.reset(before)


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
    """Jobs of one kind in one statement; the business is their first argument. More than `MOST`
    are made after the commit, by jobs that carry so many each: what is done in one go would
    otherwise hold its locks for a sixth longer."""
    if len(arguments) <= MOST:
        _defer(business_id, name, arguments, schedule_at=schedule_at)
        return
    parts = [arguments[start : start + MOST] for start in range(0, len(arguments), MOST)]
    later = schedule_at.isoformat() if schedule_at else None
    carried = [{"name": name, "arguments": part, "schedule_at": later} for part in parts]
    _defer(business_id, "defer_jobs", carried)


def _defer(
    business_id: BusinessId,
    name: str,
    arguments: Sequence[Mapping[str, Any]],
    *,
    schedule_at: datetime | None = None,
) -> None:
    if not arguments or _IS_QUIET.get():
        return
    job = app.configure_task(name).job
    first = {"business_id": str(business_id)}
    execute_later(
        _DEFER,
        {
            "queue": job.queue,
            "task": job.task_name,
            "priority": job.priority,
            "schedule_at": schedule_at,
            "arguments": [json.dumps({**first, **one}) for one in arguments],
        },
        lambda _: None,
    )
