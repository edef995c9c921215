"""The jobs of the guard: the mails to owners, the proof of the books, the files that are served,
the pay page, and where the database lives."""

import logging
from datetime import datetime

from django.core.cache import cache

from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.flows.aftermath import restored
from counterfoil.flows.auditing import prove_books, watch_pages
from counterfoil.flows.letters import send_guarding
from counterfoil.infra.postgres import home
from counterfoil.infra.scripts.static import altered
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.jobs.handlers import POSTAL, job
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business

SILENCE_SECONDS = 25 * 60  # two looks lie within
_log = logging.getLogger(__name__)


@job("send_alarm", POSTAL)
def send_alarm(business_id: BusinessId, at: str) -> None:
    """Tells the owners that somebody tries cards on the pay page."""
    send_guarding.send_alarm(business_id, at=datetime.fromisoformat(at))


@job("send_restored", POSTAL)
def send_restored(business_id: BusinessId, at: str) -> None:
    """Tells the owners that the database was restored, and what waits."""
    send_guarding.send_restored(business_id, at=datetime.fromisoformat(at))


@job("send_unproven", POSTAL)
def send_unproven(business_id: BusinessId, at: str) -> None:
    """Tells the owners that the nightly proof of the books failed."""
    send_guarding.send_unproven(business_id, at=datetime.fromisoformat(at))


@by_the_clock("prove_books", "7 2 * * *")
def books_proved() -> None:
    """Proves the books of every business; what does not hold is in the log too."""
    in_every_business(prove_of)


def prove_of(business_id: BusinessId, *, at: datetime) -> None:
    """Proves the books of one business."""
    for finding in prove_books.prove_books(business_id, at=at):
        _log.error("The books of business %s: not true that %s.", business_id, finding.invariant)


@by_the_clock("watch_home", "*/10 * * * *")
def watch_home() -> None:
    """Says in the log, and to the staff of every business, that the database was restored or that
    another server took over, for as long as nobody has looked after what was lost."""
    if home.has_moved():
        _log.warning("Look at once: %s.", home.MOVED)
        in_every_business(restored.alarm)


@by_the_clock("watch_files", "*/10 * * * *")
def watch_files() -> None:
    """Compares what is served with what was installed; staff of every business are alarmed of a
    file that was changed."""
    changed = altered()

    def tell(business_id: BusinessId, *, at: datetime) -> None:
        for name in changed:
            alarms.sound(business_id, AlarmKind.FILE, name, at=at)

    if changed:
        in_every_business(tell)


@by_the_clock("watch_pages", "*/10 * * * *")
def pages_watched() -> None:
    """Receives the pay page at every host of every business, as a browser would, and alarms the
    staff of a business of what is not in the inventory."""
    in_every_business(watch_page)


def watch_page(business_id: BusinessId, *, at: datetime) -> None:
    """Looks at the pay page of one business; each fault is an alarm, counted while it is open. A
    host that does not answer is one when it is silent for the second time: a restart is none."""
    found = watch_pages.faults_of(business_id)
    silent = {one.host for one in found if one.what == watch_pages.NO_ANSWER}
    key = f"watch:silent:{business_id}"
    before = set(str(cache.get(key, "")).split())
    cache.set(key, " ".join(sorted(silent)), SILENCE_SECONDS)
    for fault in found:
        if fault.host not in silent or fault.host in before:
            alarms.sound(business_id, AlarmKind.WATCH, fault.what, detail=fault.host, at=at)
