-- Issued invoices of one customer by their numbers, as debts, the earliest due first.
-- row: counterfoil.domain.receivables.rows.ItemRow
SELECT o.id, o.customer_id, o.number, o.external_ref, o.currency, o.issue_date, o.due_date,
  o.total_minor, o.paid_minor, o.credited_minor, o.written_off_minor, o.is_void,
  o.settled_at, a.state AS attempt_state
FROM receivables_openitem o
JOIN billing_invoice i ON i.business_id = o.business_id AND i.id = o.id
LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
  AND c.freed_at IS NULL
LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = %(customer_id)s::uuid
  AND i.number = ANY(%(numbers)s::text[]) AND i.number <> ''
ORDER BY o.due_date, o.id
