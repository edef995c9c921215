-- Documents that carry one of these external references.
-- row: counterfoil.domain.billing.rows.ReferredDocument
SELECT 'invoice' AS kind, i.id, i.customer_id, i.external_ref FROM billing_invoice i
WHERE i.business_id = %(business_id)s::uuid AND i.external_ref = ANY(%(refs)s::text[])
  AND i.external_ref <> ''
UNION ALL
SELECT 'credit_note', n.id, n.customer_id, n.external_ref FROM billing_creditnote n
WHERE n.business_id = %(business_id)s::uuid AND n.external_ref = ANY(%(refs)s::text[])
  AND n.external_ref <> ''
