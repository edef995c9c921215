-- A debit that reached its gateway rests on a mandate of its own customer at the same gateway
-- account, which had been given by then and had not ended.
-- row: counterfoil.domain.insights.rows.Violation
SELECT 'payment ' || a.id AS subject,
  format('debited at %%s on mandate %%s (%%s), given at %%s, ended at %%s', a.submitted_at,
         m.reference, m.state, m.accepted_at, m.ended_at) AS found
FROM payments_attempt a
JOIN payments_mandate m ON m.business_id = a.business_id AND m.id = a.mandate_id
WHERE a.business_id = %(business_id)s::uuid AND a.gateway_ref <> ''
  AND (m.ended_at < a.submitted_at OR m.accepted_at > a.submitted_at
    OR m.state IN ('created', 'unknown')
    OR (m.customer_id, m.gateway_account_id) <> (a.customer_id, a.gateway_account_id))
LIMIT %(limit)s::int
