-- What attempts mean to pay, invoice by invoice.
-- row: counterfoil.domain.receivables.rows.ClaimRow
SELECT c.attempt_id, c.invoice_id, c.amount_minor, c.freed_at IS NULL AS is_open
FROM receivables_claim c
WHERE c.business_id = %(business_id)s::uuid AND c.attempt_id = ANY(%(attempt_ids)s::uuid[])
ORDER BY c.invoice_id
