-- What a payment covers of each invoice, and when it was last taken off one by hand.
-- row: counterfoil.domain.receivables.reversing.EverCovered
SELECT o.id, o.number, sum(l.amount_minor)::bigint AS covered_minor,
  max(l.at) FILTER (WHERE l.reverses_id IS NOT NULL AND l.refund_id IS NULL
                    AND l.chargeback_id IS NULL) AS taken_off_at
FROM receivables_allocation l
JOIN receivables_openitem o ON o.business_id = l.business_id AND o.id = l.invoice_id
WHERE l.business_id = %(business_id)s::uuid AND l.credit_id = %(credit_id)s::uuid
GROUP BY o.id, o.number
HAVING sum(l.amount_minor) > 0 OR max(l.at) FILTER (
  WHERE l.reverses_id IS NOT NULL AND l.refund_id IS NULL AND l.chargeback_id IS NULL) IS NOT NULL
ORDER BY o.number
