"""The outbox: what happened, written with the change itself, and the jobs that follow from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from counterfoil.infra import jobs
from counterfoil.infra.db import execute
from counterfoil.infra.registry import load
from counterfoil.kernel.ids import BusinessId, new_id


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact in the past tense: `invoice.issued`, with what a reader needs to know of it."""

    kind: str
    body: Mapping[str, Any]


def publish(
    business_id: BusinessId, events: Sequence[Happened], *, at: datetime, quiet: bool = False
) -> None:
    """Stores the events and defers what the wiring says follows; `quiet` defers nothing
    (imports and seeded history send no mail)."""
    if not events:
        return
    ids = [new_id() for _ in events]
    execute(
        """
        INSERT INTO infra_event (business_id, id, kind, body, happened_at, tx)
        SELECT %(business_id)s::uuid, e.id, e.kind, e.body, %(at)s::timestamptz,
               pg_current_xact_id()::text::bigint
        FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(bodies)s::jsonb[]) AS e(id, kind, body)
        """,
        {
            "business_id": business_id,
            "ids": ids,
            "kinds": [event.kind for event in events],
            "bodies": [json.dumps(event.body) for event in events],
            "at": at,
        },
    )
    if quiet:
        return
    wiring: Mapping[str, Sequence[str]] = load(settings.EVENT_WIRING)
    by_job: dict[str, list[UUID]] = {}
    for event_id, event in zip(ids, events, strict=True):
        for job in wiring[event.kind]:
            by_job.setdefault(job, []).append(event_id)
    bodies = {event_id: event.body for event_id, event in zip(ids, events, strict=True)}
    for job, event_ids in by_job.items():
        jobs.defer_many(business_id, job, [{"about": bodies[one]} for one in event_ids])
