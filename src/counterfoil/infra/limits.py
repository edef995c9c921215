"""Rate limits in the database: one upsert into an unlogged table, shared by every process."""

from datetime import UTC, datetime, timedelta

from counterfoil.infra.db import execute

_HIT = """
INSERT INTO infra_ratecounter AS r (key, window_start, count)
VALUES (%(key)s::text, %(start)s::timestamptz, 1)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN r.window_start = excluded.window_start THEN r.count + 1 ELSE 1 END,
  window_start = excluded.window_start
RETURNING count
"""


def hit(key: str, *, limit: int, window_seconds: int, at: datetime) -> int | None:
    """Counts one knock; None if it may pass, else the seconds until the window ends."""
    epoch = int(at.timestamp())
    start = epoch - epoch % window_seconds
    rows = execute(_HIT, {"key": key[:200], "start": datetime.fromtimestamp(start, UTC)})
    if rows[0][0] <= limit:
        return None
    return start + window_seconds - epoch


def forgive(key: str) -> None:
    """The knocks of this key are forgotten: whoever it was has proved to be welcome."""
    execute("DELETE FROM infra_ratecounter WHERE key = %(key)s::text", {"key": key[:200]})


def forget_old(*, at: datetime, older_than: timedelta = timedelta(days=1)) -> None:
    """Drops counters whose window is long over."""
    execute(
        "DELETE FROM infra_ratecounter WHERE window_start < %(before)s::timestamptz",
        {"before": at - older_than},
    )
