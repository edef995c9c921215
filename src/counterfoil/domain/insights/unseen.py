"""The proof against changes that nobody wrote down: each watched row is as the last record of it
says, none is gone or there without one, and each stored document is one that was handed out.

For somebody who takes the triggers off, changes a row and puts them on again. Columns whose values
are never written down (secrets), and values that were erased, can't be compared.
"""

from collections.abc import Iterator

from counterfoil.domain.insights.catalogue import WATCHED
from counterfoil.domain.insights.rows import Violation
from counterfoil.infra.db import execute
from counterfoil.kernel.ids import BusinessId

_TRIGGER = """
SELECT string_to_array(encode(t.tgargs, 'escape'), '\\000'), t.tgtype & 4 > 0
FROM pg_trigger t
JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attname = 'id'
WHERE t.tgrelid = %(table)s::regclass AND t.tgname = 'watched'
"""
_LATE = r"^\d{4}-\d\d-\d\dT"  # a moment, however a time zone has it written
_OTHER = """
WITH told AS (
  SELECT DISTINCT ON (r.object_id, k.name) r.object_id, k.name, r.verb, v.after
  FROM audit_record r
  CROSS JOIN unnest(r.changed) AS k(name)
  LEFT JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id
  WHERE r.business_id = %(business_id)s::uuid AND r.source = %(table)s::text
  ORDER BY r.object_id, k.name, r.id DESC
), now AS (
  SELECT t.id, audit_told(to_jsonb(t), %(sealed)s::text[]) AS row FROM "{table}" t
  WHERE t.{owner} = %(business_id)s::uuid
)
SELECT n.id, o.name FROM told o
JOIN now n ON n.id = o.object_id
WHERE o.after ? o.name AND n.row ? o.name
  AND o.after -> o.name IS DISTINCT FROM n.row -> o.name
  AND CASE WHEN o.after ->> o.name ~ %(late)s::text AND n.row ->> o.name ~ %(late)s::text
    THEN (o.after ->> o.name)::timestamptz <> (n.row ->> o.name)::timestamptz ELSE true END
UNION ALL
SELECT n.id, c.key FROM now n
CROSS JOIN jsonb_each(n.row) AS c(key, value)
JOIN pg_attribute a ON a.attrelid = %(table)s::regclass AND a.attname = c.key AND NOT a.atthasdef
WHERE %(is_from_insert)s::bool AND c.value <> 'null' AND c.key <> ALL(%(unread)s::text[])
  AND EXISTS (SELECT FROM told o WHERE o.object_id = n.id AND o.name = 'id')
  AND NOT EXISTS (SELECT FROM told o WHERE o.object_id = n.id AND o.name = c.key)
ORDER BY 1, 2 LIMIT %(limit)s::int
"""
_UNTOLD = """
SELECT n.id, true FROM (
  SELECT t.id FROM "{table}" t
  WHERE t.{owner} = %(business_id)s::uuid AND %(is_from_insert)s::bool
    AND NOT EXISTS (
      SELECT FROM audit_record r WHERE r.business_id = %(business_id)s::uuid
        AND r.object_id = t.id AND r.source = %(table)s::text AND r.verb = 'insert')
) n
UNION ALL
SELECT g.object_id, false FROM (
  SELECT DISTINCT ON (r.object_id) r.object_id, r.verb FROM audit_record r
  WHERE r.business_id = %(business_id)s::uuid AND r.source = %(table)s::text
  ORDER BY r.object_id, r.id DESC
) g
WHERE g.verb <> 'delete' AND NOT EXISTS (
  SELECT FROM "{table}" t WHERE t.{owner} = %(business_id)s::uuid AND t.id = g.object_id)
ORDER BY 1 LIMIT %(limit)s::int
"""
_FILES = """
SELECT d.kind, d.source_id FROM documents_storeddocument d
WHERE d.business_id = %(business_id)s::uuid AND NOT EXISTS (
  SELECT FROM documents_printing p
  WHERE p.business_id = d.business_id AND p.kind = d.kind AND p.source_id = d.source_id
    AND p.locale = d.locale AND p.sha256 = d.sha256)
ORDER BY 2 LIMIT %(limit)s::int
"""


def changed_unseen(business_id: BusinessId, *, limit: int) -> list[Violation]:
    """Rows that were changed, added or removed without a record, inside `reading`."""
    execute("SET LOCAL timezone = 'UTC'")
    found: list[Violation] = []
    for table in WATCHED:
        if len(found) < limit:
            found += _of(business_id, table, limit - len(found))
    files = execute(_FILES, {"business_id": business_id, "limit": limit})
    found += [Violation(f"{kind} {one}", "its stored file was never handed out")
              for kind, one in files]  # fmt: skip
    return found[:limit]


def _of(business_id: BusinessId, table: str, limit: int) -> Iterator[Violation]:
    triggers = execute(_TRIGGER, {"table": table})
    if not triggers:
        return  # a finding of the guards; or its rows have no id to tell them by
    [(arguments, is_from_insert)] = triggers
    words = {"table": table, "owner": "id" if table == "business_business" else "business_id"}
    params = {
        "business_id": business_id,
        "table": table,
        "is_from_insert": is_from_insert,
        "limit": limit,
    }
    hidden, unwatched, sealed, *_ = [*(one.split(",") for one in arguments), []]
    others = {
        "unread": ["id", "business_id", *filter(None, (*hidden, *unwatched))],
        "sealed": [name for name in sealed if name],
        "late": _LATE,
    }
    for row_id, name in execute(_OTHER.format(**words), params | others):
        yield Violation(f"{table} {row_id}", f"{name} is another than was written down")
    for row_id, is_there in execute(_UNTOLD.format(**words), params):
        how = "added" if is_there else "removed"
        yield Violation(f"{table} {row_id}", f"was {how}, and nobody wrote it down")
