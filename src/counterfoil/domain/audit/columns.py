"""The columns of sealed tables, and how a row of one becomes a hash."""

from collections.abc import Iterable, Mapping, Sequence

from counterfoil.domain.audit.rows import Source
from counterfoil.infra.db import execute

Columns = Mapping[str, Sequence[str]]

_COLUMNS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%(tables)s::text[])
GROUP BY c.relname
"""

CONTENT = r"""%(source)s::text || E'\n' || (to_jsonb(t) - %(unread)s::text[])::text"""
"""A row `t` as it is hashed: its table, and its columns as PostgreSQL writes them."""
HASH = rf"""sha256('\x00'::bytea || convert_to({CONTENT}, 'UTF8'))"""
"""The leaf of a row `t` (RFC 6962, 2.1)."""


def columns_now(tables: Iterable[str]) -> dict[str, list[str]]:
    """Each of these tables that there is, with all its columns; times are read as UTC from here to
    the end of the transaction, so that a row reads the same wherever the server stands."""
    execute("SET LOCAL timezone = 'UTC'")
    return {table: list(names) for table, names in execute(_COLUMNS, {"tables": list(tables)})}


def sealed_columns(sources: Sequence[Source], now: Columns) -> dict[str, list[str]]:
    """What is read of each source: every column but those that may change later."""
    return {one.table: [name for name in now[one.table] if name not in one.free] for one in sources}
