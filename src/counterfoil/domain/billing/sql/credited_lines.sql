-- What the credit notes of invoices have taken back of each line: the quantity, a hundred times the
-- exact net in major units, and the net as it was rounded.
-- row: counterfoil.domain.billing.rows.CreditedLineRow
SELECT c.invoice_id, l.invoice_line_id AS line_id, min(c.currency) AS currency,
  sum(l.quantity) AS quantity,
  sum(l.quantity * l.unit_price * (100 - l.discount_percent)) AS hundredfold,
  sum(l.net_minor)::bigint AS net_minor
FROM billing_creditnote c
JOIN billing_creditnoteline l ON l.business_id = c.business_id AND l.credit_note_id = c.id
WHERE c.business_id = %(business_id)s::uuid AND c.invoice_id = ANY(%(invoice_ids)s::uuid[])
  AND l.invoice_line_id IS NOT NULL
GROUP BY c.invoice_id, l.invoice_line_id
