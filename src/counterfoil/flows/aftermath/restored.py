"""A database that was restored, or that another server took over, and nobody has looked yet: staff
are alarmed, and the owners mailed, until an operator has."""

from datetime import datetime

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.infra import jobs
from counterfoil.infra.db import run
from counterfoil.infra.limits import ALARM_MAILS, knock
from counterfoil.infra.postgres import home
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId

_SUBJECT = "database"


def alarm(business_id: BusinessId, *, at: datetime) -> None:
    """The work list tells of it at once, and the owners get one mail in hours."""
    is_told = knock(ALARM_MAILS, business_id, _SUBJECT, at=at).wait is not None

    def work() -> None:
        alarms.sound(business_id, AlarmKind.RESTORED, _SUBJECT, at=at)
        if not is_told:
            jobs.defer(business_id, "send_restored", at=at.isoformat())

    run(business_id, work)


def conclude(*, at: datetime) -> bool:
    """An operator has looked after what was lost: this is where the database lives, the alarms are
    off, and planned payments are charged again. False if nobody had to."""
    had_moved = home.has_moved()
    home.note(at=at)
    for one in businesses.every():
        alarms.look_at_subject(one.id, AlarmKind.RESTORED, _SUBJECT, at=at, by=SYSTEM)
    return had_moved
