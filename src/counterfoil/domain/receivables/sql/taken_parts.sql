-- What one refund took off, allocation by allocation, and did not put on again.
-- row: counterfoil.domain.receivables.giving_back.TakenPart
SELECT l.reverses_id AS allocation_id, l.invoice_id, (-sum(l.amount_minor))::bigint AS amount_minor
FROM receivables_allocation l
JOIN payments_refund f ON f.business_id = l.business_id AND f.id = l.refund_id
WHERE l.business_id = %(business_id)s::uuid AND l.refund_id = %(refund_id)s::uuid
  AND l.credit_id = f.attempt_id
GROUP BY l.reverses_id, l.invoice_id HAVING sum(l.amount_minor) < 0 ORDER BY l.reverses_id
