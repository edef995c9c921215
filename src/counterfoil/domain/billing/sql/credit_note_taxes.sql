-- The tax of a credit note by rate.
-- row: counterfoil.domain.billing.rows.TaxRow
SELECT t.rate, t.base_minor, t.tax_minor FROM billing_creditnotetax t
WHERE t.business_id = %(business_id)s::uuid AND t.credit_note_id = %(credit_note_id)s::uuid
ORDER BY t.rate
