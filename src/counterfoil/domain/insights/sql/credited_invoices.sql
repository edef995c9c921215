-- A page of the invoices that credit notes are against, in the order of their ids.
-- row: counterfoil.domain.insights.rows.CreditedInvoice
SELECT i.id, i.number, i.total_minor FROM billing_invoice i
WHERE i.business_id = %(business_id)s::uuid AND i.id > %(after)s::uuid
  AND EXISTS (SELECT FROM billing_creditnote c
              WHERE c.business_id = i.business_id AND c.invoice_id = i.id)
ORDER BY i.id LIMIT %(limit)s::int
