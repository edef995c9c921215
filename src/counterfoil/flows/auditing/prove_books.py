"""The nightly proof: what `counterfoil verify` proves, of each business, though nobody asks."""

from datetime import datetime

from django.conf import settings

from counterfoil.domain.insights.proofs import Finding, prove, prove_guards
from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.infra import jobs
from counterfoil.infra.db import run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId

_SUBJECT = "books"


def prove_books(business_id: BusinessId, *, at: datetime) -> list[Finding]:
    """Proves the books of one business, the sealed trail and the guards of the database; returns
    what does not hold.

    It stands on the work list, the owners are mailed once a night, and planned payments are not
    charged until staff have looked at it, or a later proof finds that everything holds.
    """
    findings = (prove_guards(settings.APP_ROLE), *prove(business_id).findings)
    broken = [one for one in findings if not one.holds]

    def work() -> None:
        if not broken:
            alarms.look_at_subject(business_id, AlarmKind.BOOKS, _SUBJECT, at=at, by=SYSTEM)
            return
        named = "; ".join(one.invariant for one in broken)
        alarms.sound(business_id, AlarmKind.BOOKS, _SUBJECT, detail=named, at=at)
        jobs.defer(business_id, "send_unproven", at=at.isoformat())

    run(business_id, work)
    return broken
