"""The outbox: what happened, written with the change itself, the jobs that follow, and the log of
it that readers follow."""

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
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, encode, fresh_ids


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact in the past tense: `invoice.issued`, with what a reader needs to know of it."""

    kind: str
    body: Mapping[str, Any]


STORE = """
  INSERT INTO infra_event (business_id, id, kind, body, happened_at, tx)
  SELECT %(business_id)s::uuid, e.id, e.kind, e.body, %(at)s::timestamptz,
         pg_current_xact_id()::text::bigint
  FROM unnest(%(event_ids)s::uuid[], %(event_kinds)s::text[], %(event_bodies)s::jsonb[])
    AS e(id, kind, body)"""
"""Stores events: a statement, or a part of one that makes them true."""


def publish(
    business_id: BusinessId, events: Sequence[Happened], *, at: datetime, quiet: bool = False
) -> None:
    """Stores the events and defers what the wiring says follows; `quiet` defers nothing
    (imports and seeded history send no mail)."""
    if events:
        execute(STORE, {"business_id": business_id, "at": at, **stored(events)})
        if not quiet:
            follow(business_id, events)


def stored(events: Sequence[Happened]) -> dict[str, list[Any]]:
    """The parameters of `STORE` for these events, in their order."""
    return {
        "event_ids": fresh_ids(len(events)),
        "event_kinds": [event.kind for event in events],
        "event_bodies": [json.dumps(event.body) for event in events],
    }


def follow(business_id: BusinessId, events: Sequence[Happened]) -> None:
    """Defers what the wiring says follows from events that have been stored."""
    wiring: Mapping[str, Sequence[str]] = load(settings.EVENT_WIRING)
    by_job: dict[str, list[Mapping[str, Any]]] = {}
    for event in events:
        for job in wiring[event.kind]:
            by_job.setdefault(job, []).append(event.body)
    for job, bodies in by_job.items():
        jobs.defer_many(business_id, job, [{"about": body} for body in bodies])


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the log."""

    id: UUID
    kind: str
    body: dict[str, Any]
    happened_at: datetime


def event_body(event: EventRow) -> dict[str, Any]:
    """An event as every reader outside gets it: over the API, and in webhooks."""
    return {
        "id": encode("evt", event.id),
        "type": event.kind,
        "created": event.happened_at,
        "data": event.body,
    }


def events(
    business_id: BusinessId, *, after: UUID | None = None, limit: int = 50
) -> list[EventRow]:
    """What happened after the event `after`, oldest first; `NotFound` if there is no such event.

    Stops before the oldest transaction of this database that is still open: whatever comes later
    sorts later, so a reader who goes on from the last event never misses one that committed late.
    Inside `reading`, whose statements each see what was committed before them.
    """
    tx = 0
    if after is not None:
        found = execute(_TX_OF, {"business_id": business_id, "id": after})
        if not found:
            raise NotFound
        tx = found[0][0]
    params = {
        "business_id": business_id,
        "tx": tx,
        "id": after or UUID(int=0),
        "horizon": execute(_HORIZON)[0][0],
        "limit": limit,
    }
    return [
        EventRow(event_id, kind, json.loads(body) if isinstance(body, str) else body, happened_at)
        for event_id, kind, body, happened_at in execute(_EVENTS, params)
    ]


# The oldest open transaction of this database, or the one after the last that ended: whoever is
# below has ended before the statement after this one begins. A snapshot's own xmin would do too,
# but it waits for the other databases of the server. So are the server's own helpers left out,
# which have no user: autovacuum holds a number while it analyses a table, and writes no event. An
# open transaction's number comes with 32 bits; it is completed from the known one, which is less
# than 2^31 away.
_HORIZON = """
SELECT min(least(s.tx, s.tx - (mod(s.tx - coalesce(a.backend_xid::text::bigint, s.tx)
                                   + 2147483648, 4294967296) - 2147483648)))
FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS tx) s
LEFT JOIN pg_stat_activity a
       ON a.datname = current_database() AND a.backend_xid IS NOT NULL AND a.usesysid IS NOT NULL
"""
_TX_OF = """
SELECT e.tx FROM infra_event e
WHERE e.business_id = %(business_id)s::uuid AND e.id = %(id)s::uuid
"""
_EVENTS = """
SELECT e.id, e.kind, e.body, e.happened_at FROM infra_event e
WHERE e.business_id = %(business_id)s::uuid
  AND (e.tx, e.id) > (%(tx)s::bigint, %(id)s::uuid)
  AND e.tx < %(horizon)s::bigint
ORDER BY e.tx, e.id LIMIT %(limit)s::int
"""
