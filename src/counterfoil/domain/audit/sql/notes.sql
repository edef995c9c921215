-- Notes, the newest first: of these subjects, by these people, of one customer, of some kinds.
-- row: counterfoil.domain.audit.rows.NoteRow
SELECT n.id, n.at, n.actor, n.origin, n.kind, n.subject, n.customer_id,
  coalesce(v.after, '{}') AS facts
FROM audit_note n
LEFT JOIN audit_recordvalues v ON v.business_id = n.business_id AND v.id = n.id
WHERE n.business_id = %(business_id)s::uuid
  AND (%(before_id)s::uuid IS NULL OR n.id < %(before_id)s::uuid)
  AND (cardinality(%(kinds)s::text[]) = 0 OR n.kind = ANY(%(kinds)s::text[]))
  AND (NOT %(is_of_some)s::bool OR n.subject = ANY(%(subjects)s::text[])
    OR n.actor = ANY(%(actors)s::text[]) OR n.customer_id = %(customer_id)s::uuid)
ORDER BY n.id DESC LIMIT %(limit)s::int
