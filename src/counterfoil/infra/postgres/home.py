"""Where this database lives, noted in one row: a backup that was restored carries the note of
another place, and a standby that took over goes on in another line of history."""

from dataclasses import dataclass
from datetime import datetime

from django.db import NotSupportedError, ProgrammingError, connection

MOVED = (
    "this database was restored from a backup, or another server took over: payments that gateways "
    "have taken, and numbers that documents were given, may be lost in it. Planned payments are "
    "held back until `counterfoil recover` is done; `counterfoil recover --nothing-lost` says that "
    "nothing was lost"
)

# The control file names the timeline of the last checkpoint: for minutes after a standby took over,
# the one of before. The name of the file that is written to begins with the present one.
_HERE = """
SELECT s.system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8), d.oid::bigint
FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()
"""
_NOTED = "SELECT system, timeline, database, noted_at FROM infra_home"
_NOTE = """
INSERT INTO infra_home (id, system, timeline, database, noted_at)
VALUES (1, %s, %s, %s, %s) ON CONFLICT (id) DO
"""
_OVER = """
UPDATE SET system = excluded.system, timeline = excluded.timeline, database = excluded.database,
  noted_at = excluded.noted_at
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A database (by its number) of a server (by what `initdb` called it), in a line of that
    server's history: each restore to a moment, and each standby that takes over, begins another."""

    system: int
    timeline: str
    database: int


def here() -> Place | None:
    """Where it lives now; None where the server does not say, as some hosted ones do not. Outside
    of transactions."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_HERE)
            return Place(*cursor.fetchone())
    except (NotSupportedError, ProgrammingError):
        return None


def noted() -> tuple[Place, datetime] | None:
    """Where it lived when that was noted, and when; None if it never was."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTED)
        row = cursor.fetchone()
    return (Place(*row[:3]), row[3]) if row else None


def has_moved() -> bool:
    """Whether it lives elsewhere than was noted. False where nothing was noted or the server does
    not say: nothing is held back on a guess."""
    before, now = noted(), here()
    return before is not None and now is not None and before[0] != now


def note(*, at: datetime) -> None:
    """From now on this is where it lives: somebody has looked after what was lost."""
    _write(_OVER, at)


def note_first(*, at: datetime) -> None:
    """The same for a database of which it was never noted; any other note stays, for a restored
    database is migrated too."""
    _write("NOTHING", at)


def _write(otherwise: str, at: datetime) -> None:
    place = here()
    if place is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE + otherwise, [place.system, place.timeline, place.database, at])
