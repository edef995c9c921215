-- How much of each line of an invoice its credit notes have taken back.
-- row: counterfoil.domain.billing.rows.CreditedLine
SELECT l.invoice_line_id AS line_id, sum(l.quantity) AS quantity
FROM billing_creditnote c
JOIN billing_creditnoteline l ON l.business_id = c.business_id AND l.credit_note_id = c.id
WHERE c.business_id = %(business_id)s::uuid AND c.invoice_id = %(invoice_id)s::uuid
  AND l.invoice_line_id IS NOT NULL
GROUP BY l.invoice_line_id
