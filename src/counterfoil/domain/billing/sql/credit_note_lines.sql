-- The lines of a credit note.
-- row: counterfoil.domain.billing.rows.LineRow
SELECT l.id, l.position, l.description, l.quantity, l.unit_price, l.discount_percent, l.tax_rate,
  l.net_minor
FROM billing_creditnoteline l
WHERE l.business_id = %(business_id)s::uuid AND l.credit_note_id = %(credit_note_id)s::uuid
ORDER BY l.position LIMIT %(limit)s::int
