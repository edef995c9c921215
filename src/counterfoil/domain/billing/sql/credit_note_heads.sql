-- Credit notes: by id, or all against an invoice.
-- row: counterfoil.domain.billing.rows.CreditNoteHead
SELECT c.id, c.customer_id, c.invoice_id, c.number, c.currency, c.issue_date, c.issued_at,
  c.discount_percent, c.subtotal_minor, c.discount_minor, c.tax_minor, c.total_minor, c.reason,
  c.notes, c.external_ref, c.party
FROM billing_creditnote c
WHERE c.business_id = %(business_id)s::uuid
  AND (c.id = ANY(%(ids)s::uuid[]) OR c.invoice_id = ANY(%(invoice_ids)s::uuid[]))
ORDER BY c.id
