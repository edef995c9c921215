-- Locks open items in ascending order, so that two who want the same never wait in a circle.
-- row: counterfoil.domain.receivables.rows.LockedItem
SELECT o.id, o.customer_id, o.number, o.currency, o.due_date, o.total_minor, o.paid_minor,
  o.credited_minor, o.is_void, o.written_off_minor
FROM receivables_openitem o
WHERE o.business_id = %(business_id)s::uuid AND o.id = ANY(%(ids)s::uuid[])
ORDER BY o.id FOR UPDATE
