"""The only writer of copies, erasures and retention."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.privacy import queries
from counterfoil.domain.privacy.erasing import lock_customer
from counterfoil.domain.privacy.rows import ErasureRow, Subject
from counterfoil.infra.db import execute, operation
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, new_id

COPY_LIFE = timedelta(days=7)
COPY_MADE_WITHIN = timedelta(days=1)  # its job has tried ten times by then
COPIES_A_DAY = 5


class ErasureDecided(Conflict):
    """Somebody has decided already."""

    code = "erasure_decided"
    message = "This was decided already: it was carried out, or declined."


class TooManyCopies(Refused):
    """Copies are large: some a day are enough for everybody."""

    code = "too_many_copies"
    message = "So many copies were asked for today that no more are made. Ask again tomorrow."


@operation
def ask_copy(
    business_id: BusinessId, subject: Subject, *, at: datetime, by: Actor
) -> tuple[UUID, bool]:
    """A copy is wanted: its id, and whether it is a new one; while one is being made it is given
    instead of another. Refuses (`NotFound`) who is not there, and (`TooManyCopies`) more than so
    many in 24 hours."""
    lock_customer(business_id, subject.customer_id)
    queries.known(subject)
    give_up_copies(business_id, at=at)
    rows = execute(
        """
        SELECT c.id, c.made_at IS NULL AND c.removed_at IS NULL FROM privacy_copy c
        WHERE c.business_id = %(business_id)s::uuid AND c.customer_id = %(customer_id)s::uuid
          AND c.contact_id IS NOT DISTINCT FROM %(contact_id)s::uuid
          AND (c.asked_at > %(since)s::timestamptz OR c.made_at IS NULL AND c.removed_at IS NULL)
        """,
        {**_about(subject), "since": at - timedelta(days=1)},
    )
    for copy_id, is_being_made in rows:
        if is_being_made:
            return copy_id, False
    if len(rows) >= COPIES_A_DAY:
        raise TooManyCopies
    copy_id = new_id()
    execute(
        """
        INSERT INTO privacy_copy (business_id, id, customer_id, contact_id, asked_at, asked_by)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(customer_id)s::uuid, %(contact_id)s::uuid,
          %(at)s::timestamptz, %(by)s::text)
        """,
        {**_about(subject), "id": copy_id, "at": at, "by": by.label[:120]},
    )
    return copy_id, True


@operation
def note_made(business_id: BusinessId, copy_id: UUID, *, size: int, at: datetime) -> bool:
    """The file of a copy lies there, for a week; False if it is not to lie there any more, because
    somebody in it was erased meanwhile."""
    rows = execute(
        """
        UPDATE privacy_copy SET made_at = %(at)s::timestamptz, size = %(size)s::bigint,
          expires_at = %(until)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND removed_at IS NULL
        RETURNING id
        """,
        {
            "business_id": business_id,
            "id": copy_id,
            "at": at,
            "size": size,
            "until": at + COPY_LIFE,
        },
    )
    return bool(rows)


@operation
def take_back(business_id: BusinessId, subject: Subject, *, at: datetime) -> list[UUID]:
    """No copy is good any more that holds the subject: their own, those of the whole customer, and
    for a whole customer all of them, made or being made; which. Their files are to go then."""
    rows = execute(
        """
        UPDATE privacy_copy SET removed_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
          AND (%(contact_id)s::uuid IS NULL OR contact_id IS NULL
            OR contact_id = %(contact_id)s::uuid)
          AND removed_at IS NULL RETURNING id
        """,
        {**_about(subject), "at": at},
    )
    return [copy_id for (copy_id,) in rows]


@operation
def give_up_copies(business_id: BusinessId, *, at: datetime) -> int:
    """Copies that should have been made long ago come to nothing; how many."""
    rows = execute(
        """
        UPDATE privacy_copy SET removed_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND made_at IS NULL AND removed_at IS NULL
          AND asked_at < %(before)s::timestamptz RETURNING id
        """,
        {"business_id": business_id, "at": at, "before": at - COPY_MADE_WITHIN},
    )
    return len(rows)


@operation
def note_removed(business_id: BusinessId, copy_id: UUID, *, at: datetime) -> None:
    """The file of a copy is gone, or there will be none."""
    execute(
        """
        UPDATE privacy_copy SET removed_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND removed_at IS NULL
        """,
        {"business_id": business_id, "id": copy_id, "at": at},
    )


@operation
def ask_erasure(
    business_id: BusinessId, subject: Subject, *, at: datetime, by: Actor
) -> tuple[UUID, bool]:
    """Somebody is to be forgotten: the id, and whether this is new; while one waits for a decision
    it is given instead of another. Refuses (`NotFound`) who is not there."""
    queries.known(subject)
    wanted = _about(subject)
    made = execute(
        """
        INSERT INTO privacy_erasure (business_id, id, customer_id, contact_id, asked_at, asked_by,
          decided_by, reason, figures)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(customer_id)s::uuid, %(contact_id)s::uuid,
          %(at)s::timestamptz, %(by)s::text, '', '', '{}')
        ON CONFLICT DO NOTHING RETURNING id
        """,
        {**wanted, "id": new_id(), "at": at, "by": by.label[:120]},
    )
    if made:
        return made[0][0], True
    rows = execute(
        """
        SELECT e.id FROM privacy_erasure e
        WHERE e.business_id = %(business_id)s::uuid AND e.customer_id = %(customer_id)s::uuid
          AND e.contact_id IS NOT DISTINCT FROM %(contact_id)s::uuid
          AND e.erased_at IS NULL AND e.declined_at IS NULL
        """,
        wanted,
    )
    if not rows:
        raise ErasureDecided
    return rows[0][0], False


def lock_erasure(business_id: BusinessId, erasure_id: UUID) -> ErasureRow:
    """An erasure under lock: whoever decides holds it. `NotFound` if there is none."""
    found = queries.LOCK_ERASURE.first(business_id=business_id, id=erasure_id)
    if found is None:
        raise NotFound
    return found


@operation
def decline(
    business_id: BusinessId, erasure_id: UUID, *, reason: str, at: datetime, by: Actor
) -> None:
    """It is not done, for this reason; refuses (`ErasureDecided`) what was decided."""
    if not lock_erasure(business_id, erasure_id).is_open:
        raise ErasureDecided
    execute(
        """
        UPDATE privacy_erasure SET declined_at = %(at)s::timestamptz, decided_by = %(by)s::text,
          reason = %(reason)s::text
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": erasure_id,
            "at": at,
            "by": by.label[:120],
            "reason": " ".join(reason.split())[:300],
        },
    )


@operation
def note_erased(
    business_id: BusinessId,
    erasure_id: UUID,
    figures: Mapping[str, int],
    *,
    at: datetime,
    by: Actor,
) -> None:
    """It is done; `figures` say how much of what."""
    execute(
        """
        UPDATE privacy_erasure SET erased_at = %(at)s::timestamptz, decided_by = %(by)s::text,
          figures = %(figures)s::jsonb
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": erasure_id,
            "at": at,
            "by": by.label[:120],
            "figures": json.dumps(dict(figures)),
        },
    )


@operation
def set_retention(business_id: BusinessId, days: Mapping[str, int]) -> None:
    """How long what is kept; the rules have been checked before."""
    execute(
        """
        INSERT INTO privacy_retention (business_id, id, days)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(days)s::jsonb)
        ON CONFLICT (business_id) DO UPDATE SET days = EXCLUDED.days
        """,
        {"business_id": business_id, "id": new_id(), "days": json.dumps(dict(days))},
    )


def _about(subject: Subject) -> dict[str, object]:
    return {
        "business_id": subject.business_id,
        "customer_id": subject.customer_id,
        "contact_id": subject.contact_id,
    }
