-- Notes about some subjects, by some people or around one customer, the newest first; of some
-- kinds, or of all. Each way has an index of its own, which an OR of them would not use.
-- row: counterfoil.domain.audit.rows.NoteRow
WITH ways AS (
  (SELECT n.id, n.at, n.actor, n.origin, n.kind, n.subject, n.customer_id
   FROM unnest(%(subjects)s::text[]) w(subject) CROSS JOIN LATERAL (
     SELECT * FROM audit_note
     WHERE business_id = %(business_id)s::uuid AND subject = w.subject
       AND (cardinality(%(kinds)s::text[]) = 0 OR kind = ANY(%(kinds)s::text[]))
       AND id < coalesce(%(before_id)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
     ORDER BY id DESC LIMIT %(limit)s::int) n)
  UNION
  (SELECT n.id, n.at, n.actor, n.origin, n.kind, n.subject, n.customer_id
   FROM unnest(%(actors)s::text[]) w(actor) CROSS JOIN LATERAL (
     SELECT * FROM audit_note
     WHERE business_id = %(business_id)s::uuid AND actor = w.actor
       AND (cardinality(%(kinds)s::text[]) = 0 OR kind = ANY(%(kinds)s::text[]))
       AND id < coalesce(%(before_id)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
     ORDER BY id DESC LIMIT %(limit)s::int) n)
  UNION
  (SELECT id, at, actor, origin, kind, subject, customer_id FROM audit_note
   WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
     AND (cardinality(%(kinds)s::text[]) = 0 OR kind = ANY(%(kinds)s::text[]))
     AND id < coalesce(%(before_id)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
   ORDER BY id DESC LIMIT %(limit)s::int)
), newest AS (
  SELECT * FROM ways ORDER BY id DESC LIMIT %(limit)s::int
)
SELECT n.id, n.at, n.actor, n.origin, n.kind, n.subject, n.customer_id,
  coalesce(v.after, '{}') AS facts
FROM newest n
LEFT JOIN LATERAL (
  SELECT after FROM audit_recordvalues
  WHERE business_id = %(business_id)s::uuid AND id = n.id LIMIT 1
) v ON true
ORDER BY n.id DESC
