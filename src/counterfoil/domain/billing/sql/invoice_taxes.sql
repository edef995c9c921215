-- The tax of an invoice by rate.
-- row: counterfoil.domain.billing.rows.TaxRow
SELECT t.rate, t.base_minor, t.tax_minor FROM billing_invoicetax t
WHERE t.business_id = %(business_id)s::uuid AND t.invoice_id = %(invoice_id)s::uuid
ORDER BY t.rate
