-- What a customer's home page shows of invoices: those to pay, the earliest due first, then the
-- newest of all; `place` tells the two apart.
-- row: counterfoil.domain.receivables.rows.HomeItem
(SELECT 'due' AS place, o.id, o.customer_id, o.number, o.external_ref, o.currency, o.issue_date,
  o.due_date, o.total_minor, o.paid_minor, o.credited_minor, o.written_off_minor, o.is_void,
  o.settled_at,
  a.state AS attempt_state
FROM receivables_openitem o
LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
  AND c.freed_at IS NULL
LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = %(customer_id)s::uuid AND o.is_open
ORDER BY o.due_date, o.id LIMIT %(due_limit)s::int)
UNION ALL
(SELECT 'newest', o.id, o.customer_id, o.number, o.external_ref, o.currency, o.issue_date,
  o.due_date, o.total_minor, o.paid_minor, o.credited_minor, o.written_off_minor, o.is_void,
  o.settled_at, a.state
FROM receivables_openitem o
LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
  AND c.freed_at IS NULL
LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = %(customer_id)s::uuid
ORDER BY o.issue_date DESC, o.id DESC LIMIT %(newest_limit)s::int)
