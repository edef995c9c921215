-- Invoices by what lines name them by: their references, or their numbers in capitals.
-- row: counterfoil.domain.reconciliation.rows.NamedItem
WITH named AS (
  SELECT o.id FROM unnest(%(references)s::text[]) AS r(ref)
  JOIN receivables_openitem o ON o.business_id = %(business_id)s::uuid AND o.creditor_ref = r.ref
    AND o.creditor_ref <> ''
  UNION
  SELECT o.id FROM unnest(%(references)s::text[]) AS r(ref)
  JOIN receivables_openitem o ON o.business_id = %(business_id)s::uuid AND o.qr_ref = r.ref
    AND o.qr_ref <> ''
  UNION
  SELECT o.id FROM unnest(%(numbers)s::text[]) AS n(number)
  JOIN receivables_openitem o ON o.business_id = %(business_id)s::uuid
    AND upper(o.number) = n.number
)
SELECT o.id, o.customer_id, o.number, o.creditor_ref, o.qr_ref, o.currency, o.due_date,
  CASE WHEN o.is_void THEN 0 ELSE o.total_minor - o.paid_minor - o.credited_minor END AS open_minor
FROM receivables_openitem o JOIN named n ON n.id = o.id
WHERE o.business_id = %(business_id)s::uuid
ORDER BY o.id {LOCK}
