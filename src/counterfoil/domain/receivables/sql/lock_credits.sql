-- Locks what some customers have in unapplied credit, each in one currency, the oldest first; what
-- is on its way back to a payer is not there to be applied.
-- row: counterfoil.domain.receivables.rows.LockedCredit
SELECT r.id, r.customer_id, r.kind, r.currency,
  greatest(r.total_minor - r.applied_minor - coalesce(a.refunding_minor, 0), 0) AS rest_minor
FROM receivables_credit r
LEFT JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.id
WHERE r.business_id = %(business_id)s::uuid AND r.applied_minor < r.total_minor
  AND (r.customer_id, r.currency) IN (
    SELECT w.customer_id, w.currency
    FROM unnest(%(customer_ids)s::uuid[], %(currencies)s::text[]) AS w(customer_id, currency))
ORDER BY r.id FOR UPDATE OF r
