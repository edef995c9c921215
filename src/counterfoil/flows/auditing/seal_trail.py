"""Seals what was written since the last time, and keeps the heads outside the database."""

from datetime import datetime

from counterfoil.domain.audit import marks, operations
from counterfoil.domain.audit.rows import SealRow
from counterfoil.domain.insights.trail import SOURCES
from counterfoil.kernel.ids import BusinessId

BATCHES = 200


def seal(business_id: BusinessId, *, at: datetime) -> list[SealRow]:
    """Seals what waits, batch after batch, each in a transaction of its own; what is more than so
    many batches waits for the next time. Returns the seals that were made."""
    made: list[SealRow] = []
    for _ in range(BATCHES):
        sealed = operations.seal(business_id, SOURCES, at=at)
        if sealed is None:
            break
        marks.keep(business_id, sealed)
        made.append(sealed)
    return made
