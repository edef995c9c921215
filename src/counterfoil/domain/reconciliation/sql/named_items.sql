-- Invoices by what lines name them by: their references, or their numbers in capitals; and of
-- customers who are named themselves what they owe, the earliest due first, as much as one payment
-- can be for.
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
  SELECT i.id FROM unnest(%(numbers)s::text[]) AS n(number)
  JOIN billing_invoice i ON i.business_id = %(business_id)s::uuid
    AND upper(i.number) = n.number AND i.number <> ''
  UNION
  SELECT f.id FROM unnest(%(customers)s::uuid[]) AS k(id)
  CROSS JOIN LATERAL (
    SELECT o.id FROM receivables_openitem o
    WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = k.id AND o.is_open
    ORDER BY o.due_date, o.id LIMIT %(most)s::int) f
)
SELECT o.id, o.customer_id, o.number, o.creditor_ref, o.qr_ref, o.currency, o.due_date,
  CASE WHEN o.is_void THEN 0 ELSE o.total_minor - o.paid_minor - o.credited_minor END AS open_minor,
  CASE WHEN o.is_void THEN 0 ELSE o.total_minor - o.paid_minor - o.credited_minor
    - o.written_off_minor END AS due_minor
FROM receivables_openitem o JOIN named n ON n.id = o.id
WHERE o.business_id = %(business_id)s::uuid
ORDER BY o.id {LOCK}
