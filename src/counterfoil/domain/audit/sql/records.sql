-- Changes, the newest first; of some objects (each by its index), or of all.
-- row: counterfoil.domain.audit.rows.RecordRow
SELECT r.id, r.at, r.actor, r.origin, r.source, r.verb, r.object_id, r.changed,
  coalesce(v.called, '') AS called, coalesce(v.before, '{}') AS before,
  coalesce(v.after, '{}') AS after, coalesce(v.boxes, '{}') AS boxes
FROM (
  SELECT n.* FROM {OBJECTS} CROSS JOIN LATERAL (
    SELECT * FROM audit_record
    WHERE business_id = %(business_id)s::uuid {WHICH}
      AND id < coalesce(%(before_id)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY id DESC LIMIT %(limit)s::int
  ) n
  ORDER BY n.id DESC LIMIT %(limit)s::int
) r
LEFT JOIN LATERAL (
  SELECT called, before, after, boxes FROM audit_recordvalues
  WHERE business_id = %(business_id)s::uuid AND id = r.id LIMIT 1
) v ON true
ORDER BY r.id DESC
