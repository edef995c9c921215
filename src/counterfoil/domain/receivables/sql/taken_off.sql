-- What one refund took off invoices; what was put on again, because it was not sent, is not told.
-- row: counterfoil.domain.receivables.reversing.Off
SELECT o.number, (-sum(l.amount_minor))::bigint AS amount_minor
FROM receivables_allocation l
JOIN payments_refund f ON f.business_id = l.business_id AND f.id = l.refund_id
JOIN receivables_openitem o ON o.business_id = l.business_id AND o.id = l.invoice_id
WHERE l.business_id = %(business_id)s::uuid AND l.refund_id = %(refund_id)s::uuid
  AND l.credit_id = f.attempt_id
GROUP BY o.number HAVING sum(l.amount_minor) < 0 ORDER BY o.number
