-- How much of an invoice is covered by credit that its customer had before.
-- row: counterfoil.domain.receivables.queries.Covered
SELECT coalesce(sum(l.amount_minor), 0)::bigint AS minor
FROM receivables_allocation l
JOIN receivables_credit r ON r.business_id = l.business_id AND r.id = l.credit_id
WHERE l.business_id = %(business_id)s::uuid AND l.invoice_id = %(invoice_id)s::uuid
  AND r.created_at < l.at
