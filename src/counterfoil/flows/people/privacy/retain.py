"""Lets go, night by night, what has been kept for long enough, and notes in the trail how much."""

import time
from datetime import datetime, timedelta

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.privacy import queries, retention
from counterfoil.domain.privacy.operations import set_retention
from counterfoil.domain.privacy.retention import BATCH, RULES, apply_once, checked, days_of
from counterfoil.flows.people.privacy import export
from counterfoil.infra import files
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId

SECONDS_MAX = 600  # the rest goes the next night
UPLOADS_KEPT = timedelta(days=1)  # looked at, and then not imported


def days(business_id: BusinessId) -> dict[str, int]:
    """For how many days a business keeps what, by rule."""
    with reading(business_id):
        return days_of(queries.retention(business_id))


def change(business_id: BusinessId, wanted: dict[str, int]) -> None:
    """Takes over what a business says; refuses (`InvalidInput`) what is below the least."""
    set_retention(business_id, checked(wanted))


def apply(business_id: BusinessId, *, at: datetime) -> dict[str, int]:
    """Applies every rule, batch by batch; how much went, by rule. What went is noted, if anything
    did."""
    until = time.monotonic() + SECONDS_MAX
    gone = {
        "copies": export.remove_expired(business_id, at=at),
        "uploads": files.remove_older(f"uploads/{business_id.hex}", at - UPLOADS_KEPT),
    }
    kept = days(business_id)
    for rule in RULES:
        gone[rule.name] = 0
        while time.monotonic() < until:
            count = apply_once(business_id, rule.name, days=kept[rule.name], at=at)
            gone[rule.name] += count
            if count < BATCH:
                break
    figures = {name: count for name, count in gone.items() if count}
    if figures:
        audit.note(
            business_id,
            NoteKind.ERASED,
            subject="retention",
            facts={name: str(count) for name, count in figures.items()},
            at=at,
        )
    return figures


def apply_everywhere(*, at: datetime) -> dict[str, int]:
    """What belongs to no business: sessions that are over, jobs that failed long ago."""
    return retention.apply_everywhere(at=at)
