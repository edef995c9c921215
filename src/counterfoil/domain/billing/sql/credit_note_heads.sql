-- Credit notes: by id, all against an invoice, or a page of the business's.
-- row: counterfoil.domain.billing.rows.CreditNoteHead
SELECT c.id, c.customer_id, c.invoice_id, c.number, c.currency, c.issue_date, c.issued_at,
  c.discount_percent, c.subtotal_minor, c.discount_minor, c.tax_minor, c.total_minor, c.reason,
  c.notes, c.external_ref, c.party AS sealed_party, c.issued_by
FROM billing_creditnote c
WHERE c.business_id = %(business_id)s::uuid {WHICH}
