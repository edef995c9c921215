-- Locks what payments brought, in ascending order.
-- row: counterfoil.domain.receivables.giving_back.PaidCredit
SELECT r.id, r.customer_id, r.currency, r.total_minor, r.applied_minor, r.refunded_minor
FROM receivables_credit r
WHERE r.business_id = %(business_id)s::uuid AND r.id = ANY(%(ids)s::uuid[])
ORDER BY r.id FOR UPDATE
