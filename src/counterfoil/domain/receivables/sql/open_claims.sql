-- Who is paying these invoices right now.
-- row: counterfoil.domain.receivables.rows.OpenClaim
SELECT c.invoice_id, c.attempt_id, c.amount_minor, c.taken_at, c.taken_by, c.taken_by_ref
FROM receivables_claim c
WHERE c.business_id = %(business_id)s::uuid AND c.invoice_id = ANY(%(invoice_ids)s::uuid[])
  AND c.freed_at IS NULL
