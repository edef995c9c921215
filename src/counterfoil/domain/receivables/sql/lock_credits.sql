-- Locks what some customers have in unapplied credit, each in one currency, the oldest first.
-- row: counterfoil.domain.receivables.rows.LockedCredit
SELECT r.id, r.customer_id, r.kind, r.currency, r.total_minor - r.applied_minor AS rest_minor
FROM receivables_credit r
WHERE r.business_id = %(business_id)s::uuid AND r.applied_minor < r.total_minor
  AND (r.customer_id, r.currency) IN (
    SELECT w.customer_id, w.currency
    FROM unnest(%(customer_ids)s::uuid[], %(currencies)s::text[]) AS w(customer_id, currency))
ORDER BY r.id FOR UPDATE OF r
