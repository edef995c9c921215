-- An invoice is held exactly as long as its attempt has no outcome.
-- row: counterfoil.domain.insights.rows.Violation
SELECT format('claim of payment %%s on invoice %%s', c.attempt_id, o.number) AS subject,
  format('attempt is %%s, claim is %%s', a.state,
         CASE WHEN c.freed_at IS NULL THEN 'held' ELSE 'freed' END) AS found
FROM receivables_claim c
JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
JOIN receivables_openitem o ON o.business_id = c.business_id AND o.id = c.invoice_id
WHERE c.business_id = %(business_id)s::uuid
  AND (c.freed_at IS NULL) <> (a.state = ANY(%(open_states)s::text[]))
LIMIT %(limit)s::int
