"""Requests that are asked for under a key: run once, and answered the same way ever after."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.infra.db import execute, operation
from counterfoil.infra.secrets.box import open_long, place_of, seal_long
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId, new_id

CRASHED_AFTER = timedelta(seconds=60)
KEPT_FOR = timedelta(days=30)


class KeyReused(Conflict):
    """The key was used for another request."""

    code = "idempotency_conflict"
    message = "This Idempotency-Key was used for another request."


class StillRunning(Conflict):
    """The first request with this key has no answer yet."""

    code = "idempotency_in_progress"
    message = "The first request with this Idempotency-Key is still running."


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: who asks, under which key, and the hash of what they ask for, which is sealed
    where it is kept: a small body could be guessed from its hash."""

    principal: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that is ours to run; `made` is what a run that crashed had made already."""

    id: UUID
    started_at: datetime
    made: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that has its answer."""

    status: int
    answer: str


@operation
def begin(business_id: BusinessId, asked: Asked, *, at: datetime) -> Begun | Answered:
    """Takes the key, or returns the stored answer; commits before the work begins.

    Refuses another request under the same key (`KeyReused`) and one whose first run may still be
    at it (`StillRunning`). A run without an answer for a minute has crashed: it is taken over.
    """
    request_id = new_id()
    params = {
        "business_id": business_id,
        "id": request_id,
        "principal": asked.principal,
        "key": asked.key,
        "fingerprint": seal_long(asked.fingerprint, _place(request_id, "fingerprint")),
        "at": at,
    }
    if execute(_INSERT, params):
        return Begun(request_id, at)
    rows = execute(_FIND, {name: params[name] for name in ("business_id", "principal", "key")})
    if not rows:
        raise StillRunning  # the first run failed and let the key go a moment ago
    found, fingerprint, status, answer, started_at = rows[0]
    if open_long(fingerprint, _place(found, "fingerprint")) != asked.fingerprint:
        raise KeyReused
    if status is not None:
        return Answered(status, open_long(answer, _place(found, "answer")))
    if at - started_at < CRASHED_AFTER:
        raise StillRunning
    taken = {"business_id": business_id, "id": found, "at": at, "started_at": started_at}
    if not execute(_TAKE_OVER, taken):
        raise StillRunning
    return Begun(found, at, UUID(answer) if answer else None)


def _place(request_id: UUID, column: str) -> str:
    return place_of("infra_idempotentrequest", column, request_id)


_INSERT = """
INSERT INTO infra_idempotentrequest
  (business_id, id, key, principal, fingerprint, status, answer, started_at)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(key)s::text, %(principal)s::text,
        %(fingerprint)s::text, NULL, '', %(at)s::timestamptz)
ON CONFLICT (business_id, principal, key) DO NOTHING RETURNING id
"""
_FIND = """
SELECT r.id, r.fingerprint, r.status, r.answer, r.started_at FROM infra_idempotentrequest r
WHERE r.business_id = %(business_id)s::uuid AND r.principal = %(principal)s::text
  AND r.key = %(key)s::text
"""
_TAKE_OVER = """
UPDATE infra_idempotentrequest SET started_at = %(at)s::timestamptz
WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND status IS NULL
  AND started_at = %(started_at)s::timestamptz RETURNING id
"""


@operation
def note_made(business_id: BusinessId, begun: Begun, made: UUID) -> None:
    """What the run made, written in the transaction that made it. A run that was taken over
    meanwhile is refused (`StillRunning`), and so undone."""
    params = {
        "business_id": business_id,
        "id": begun.id,
        "started_at": begun.started_at,
        "made": str(made),
    }
    if not execute(_NOTE, params):
        raise StillRunning


_NOTE = """
UPDATE infra_idempotentrequest SET answer = %(made)s::text
WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND status IS NULL
  AND answer = '' AND started_at = %(started_at)s::timestamptz RETURNING id
"""


@operation
def finish(business_id: BusinessId, begun: Begun, *, status: int, answer: str) -> None:
    """Stores the answer; a stored one is never changed."""
    execute(
        """
        UPDATE infra_idempotentrequest SET status = %(status)s::int, answer = %(answer)s::text
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND status IS NULL
          AND started_at = %(started_at)s::timestamptz
        """,
        {
            "business_id": business_id,
            "id": begun.id,
            "started_at": begun.started_at,
            "status": status,
            "answer": seal_long(answer, _place(begun.id, "answer")),
        },
    )


@operation
def let_go(business_id: BusinessId, begun: Begun) -> None:
    """The run came to nothing that is worth storing: the key is free again. If something was made
    all the same, the next run with the key answers for it at once."""
    params = {"business_id": business_id, "id": begun.id, "started_at": begun.started_at}
    where = """
    WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND status IS NULL
      AND started_at = %(started_at)s::timestamptz
    """
    execute(f"DELETE FROM infra_idempotentrequest {where} AND answer = ''", params)  # noqa: S608
    execute(
        f"""
        UPDATE infra_idempotentrequest
        SET started_at = started_at - %(patience)s::interval {where} AND answer <> ''
        """,  # noqa: S608  our own words
        params | {"patience": CRASHED_AFTER},
    )


@operation
def forget_old(business_id: BusinessId, *, at: datetime) -> None:
    """Drops requests whose answers were kept long enough."""
    execute(
        """
        DELETE FROM infra_idempotentrequest
        WHERE business_id = %(business_id)s::uuid AND started_at < %(before)s::timestamptz
        """,
        {"business_id": business_id, "before": at - KEPT_FOR},
    )
