-- Invoices by id, without lines.
-- row: counterfoil.domain.billing.rows.InvoiceHead
SELECT i.id, i.customer_id, i.state, i.number, i.currency, i.issue_date, i.due_date, i.terms_days,
  i.issued_at, i.voided_at, i.created_at, i.discount_percent, i.subtotal_minor, i.discount_minor,
  i.tax_minor, i.total_minor, i.line_count, i.notes, i.external_ref, i.party AS sealed_party
FROM billing_invoice i
WHERE i.business_id = %(business_id)s::uuid AND i.id = ANY(%(ids)s::uuid[])
