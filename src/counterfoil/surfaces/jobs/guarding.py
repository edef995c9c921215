"""The jobs of the guard: the mail to owners, and the files that are served."""

from datetime import datetime

from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.flows.letters import send_guarding
from counterfoil.infra.static import altered
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.jobs.handlers import POSTAL, job
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business


@job("send_alarm", POSTAL)
def send_alarm(business_id: BusinessId, at: str) -> None:
    """Tells the owners that somebody tries cards on the pay page."""
    send_guarding.send_alarm(business_id, at=datetime.fromisoformat(at))


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
