-- Chargebacks that need an answer, the most urgent first; then those that were lost, or do not add
-- up, and that nobody has looked at.
-- row: counterfoil.domain.insights.work_rows.WaitingChargeback
SELECT d.id, k.name AS customer_name, d.state, d.currency, d.amount_minor, d.reason_code,
  d.problem, d.evidence_due_at, coalesce(d.decided_at, d.opened_at) AS since
FROM payments_chargeback d
JOIN payments_attempt a ON a.business_id = d.business_id AND a.id = d.attempt_id
JOIN customers_customer k ON k.business_id = a.business_id AND k.id = a.customer_id
WHERE d.business_id = %(business_id)s::uuid
  AND (d.state = 'open' AND d.evidence_sent_at IS NULL
    OR d.looked_at IS NULL AND (d.state = 'lost' OR d.problem <> ''))
ORDER BY d.state <> 'open', d.evidence_due_at, d.id LIMIT %(limit)s::int
