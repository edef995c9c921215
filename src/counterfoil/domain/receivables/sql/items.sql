-- Issued invoices by id, as debts.
-- row: counterfoil.domain.receivables.rows.ItemRow
SELECT o.id, o.customer_id, o.number, o.external_ref, o.currency, o.issue_date, o.due_date,
  o.total_minor, o.paid_minor, o.credited_minor, o.written_off_minor, o.is_void,
  o.settled_at, a.state AS attempt_state
FROM receivables_openitem o
LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
  AND c.freed_at IS NULL
LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
WHERE o.business_id = %(business_id)s::uuid AND o.id = ANY(%(ids)s::uuid[])
