-- Unapplied money of one customer, by currency.
-- row: counterfoil.domain.receivables.rows.CreditRow
SELECT r.currency, sum(r.total_minor - r.applied_minor)::bigint AS unapplied_minor
FROM receivables_credit r
WHERE r.business_id = %(business_id)s::uuid AND r.customer_id = %(customer_id)s::uuid
  AND r.applied_minor < r.total_minor
GROUP BY r.currency ORDER BY r.currency
