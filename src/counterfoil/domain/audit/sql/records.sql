-- Changes, the newest first; of one object, or of all.
-- row: counterfoil.domain.audit.rows.RecordRow
SELECT r.id, r.at, r.actor, r.origin, r.source, r.verb, r.object_id, r.changed,
  coalesce(v.called, '') AS called, coalesce(v.before, '{}') AS before,
  coalesce(v.after, '{}') AS after
FROM audit_record r
LEFT JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id
WHERE r.business_id = %(business_id)s::uuid
  AND (%(before_id)s::uuid IS NULL OR r.id < %(before_id)s::uuid)
  AND (cardinality(%(objects)s::uuid[]) = 0 OR r.object_id = ANY(%(objects)s::uuid[]))
ORDER BY r.id DESC LIMIT %(limit)s::int
