-- Notes, the newest first; of some kinds, or of all.
-- row: counterfoil.domain.audit.rows.NoteRow
SELECT n.id, n.at, n.actor, n.origin, n.kind, n.subject, n.customer_id,
  coalesce(v.after, '{}') AS facts
FROM (
  SELECT * FROM audit_note
  WHERE business_id = %(business_id)s::uuid
    AND (cardinality(%(kinds)s::text[]) = 0 OR kind = ANY(%(kinds)s::text[]))
    AND id < coalesce(%(before_id)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  ORDER BY id DESC LIMIT %(limit)s::int
) n
LEFT JOIN LATERAL (
  SELECT after FROM audit_recordvalues
  WHERE business_id = %(business_id)s::uuid AND id = n.id LIMIT 1
) v ON true
ORDER BY n.id DESC
