"""Alarms: raised by whoever notices, once for what is the same, and looked at by a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.notifications.models import Alarm
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.infra.db import execute, operation
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, new_id

OPEN_MAX = 200  # whoever reports what never happened fills no table
_TEXT_MAX = 300
_ACTOR_MAX = 120


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm that nobody has looked at; `subject` is what it is about."""

    id: UUID
    kind: str
    subject: str
    detail: str
    times: int
    first_at: datetime
    last_at: datetime


@operation
def sound(
    business_id: BusinessId, kind: AlarmKind, subject: str, *, detail: str = "", at: datetime
) -> bool:
    """Raises an alarm, or counts it where it is open; True if it is a new one. With so many open
    ones no new one is kept."""
    values = {
        "business_id": business_id,
        "id": new_id(),
        "kind": kind.value,
        "subject": subject[:_TEXT_MAX],
        "detail": detail[:_TEXT_MAX],
        "at": at,
        "most": OPEN_MAX,
    }
    counted = execute(
        """
        UPDATE notifications_alarm SET times = times + 1, last_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND kind = %(kind)s::text
          AND subject = %(subject)s::text AND looked_at IS NULL
        RETURNING id
        """,
        values,
    )
    if counted:
        return False
    made = execute(
        """
        INSERT INTO notifications_alarm
          (business_id, id, kind, subject, detail, first_at, last_at)
        SELECT %(business_id)s::uuid, %(id)s::uuid, %(kind)s::text, %(subject)s::text,
          %(detail)s::text, %(at)s::timestamptz, %(at)s::timestamptz
        WHERE (SELECT count(*) FROM notifications_alarm
               WHERE business_id = %(business_id)s::uuid AND kind = %(kind)s::text
                 AND looked_at IS NULL) < %(most)s::int
        ON CONFLICT DO NOTHING
        RETURNING id
        """,
        values,
    )
    return bool(made)


@operation
def look_at(business_id: BusinessId, alarm_id: UUID, *, at: datetime, by: Actor) -> AlarmRow:
    """A member of staff has looked: the alarm is off. `NotFound` if it was off already."""
    rows = Alarm.objects.filter(business_id=business_id, id=alarm_id, looked_at__isnull=True)
    found = rows.values(*AlarmRow.__slots__).first()
    if found is None:
        raise NotFound
    rows.update(looked_at=at, looked_by=by.label[:_ACTOR_MAX])
    return AlarmRow(**found)


@operation
def look_at_subject(
    business_id: BusinessId, kind: AlarmKind, subject: str, *, at: datetime, by: Actor
) -> None:
    """The alarm about this, if there is one, is off: what it told of was dealt with elsewhere."""
    Alarm.objects.filter(
        business_id=business_id, kind=kind.value, subject=subject, looked_at__isnull=True
    ).update(looked_at=at, looked_by=by.label[:_ACTOR_MAX])


def is_open(business_id: BusinessId, kind: AlarmKind) -> bool:
    """Whether there is an alarm of this kind that nobody has looked at; inside `reading`."""
    rows = Alarm.objects.filter(business_id=business_id, kind=kind.value, looked_at__isnull=True)
    return rows.exists()


def alarms(business_id: BusinessId, *, limit: int) -> list[AlarmRow]:
    """What nobody has looked at, the newest first; inside `reading`."""
    rows = Alarm.objects.filter(business_id=business_id, looked_at__isnull=True)
    return [
        AlarmRow(**row) for row in rows.order_by("-last_at").values(*AlarmRow.__slots__)[:limit]
    ]
