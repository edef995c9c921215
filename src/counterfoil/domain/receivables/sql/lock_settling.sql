-- What attempts mean to pay, with each invoice under lock, in ascending order of the invoices.
-- row: counterfoil.domain.receivables.rows.ClaimedItem
SELECT c.attempt_id, c.amount_minor, o.id, o.customer_id, o.number, o.currency, o.due_date,
  o.total_minor, o.paid_minor, o.credited_minor, o.is_void
FROM receivables_claim c
JOIN receivables_openitem o ON o.business_id = c.business_id AND o.id = c.invoice_id
WHERE c.business_id = %(business_id)s::uuid AND c.attempt_id = ANY(%(attempt_ids)s::uuid[])
ORDER BY o.id FOR UPDATE OF o
