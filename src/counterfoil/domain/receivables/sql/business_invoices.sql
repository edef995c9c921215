-- A page of the business's invoices, newest first, drafts included.
-- row: counterfoil.domain.receivables.rows.DocumentRow
SELECT i.id, i.customer_id, k.name AS customer_name, i.state, i.number, i.external_ref, i.currency,
  i.issue_date, i.due_date, i.created_at, i.total_minor, coalesce(o.paid_minor, 0) AS paid_minor,
  coalesce(o.credited_minor, 0) AS credited_minor,
  coalesce(o.written_off_minor, 0) AS written_off_minor, a.state AS attempt_state
FROM billing_invoice i
JOIN customers_customer k ON k.business_id = i.business_id AND k.id = i.customer_id
LEFT JOIN receivables_openitem o ON o.business_id = i.business_id AND o.id = i.id
LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
  AND c.freed_at IS NULL
LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
WHERE i.business_id = %(business_id)s::uuid {CUSTOMER} {DUE} {STATUS} {SEARCH} {AFTER}
ORDER BY i.id DESC LIMIT %(limit)s::int
