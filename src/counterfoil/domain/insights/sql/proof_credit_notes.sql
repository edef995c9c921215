-- Each credit note and each payment that arrived, sent back later or not, is a credit of the
-- customer, and no other exists.
-- row: counterfoil.domain.insights.rows.Violation
WITH want AS (
  SELECT n.id, 'credit_note' AS kind, n.customer_id, n.currency, n.total_minor
  FROM billing_creditnote n WHERE n.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT a.id, 'payment', a.customer_id, a.currency,
    a.amount_minor - a.surcharge_minor
  FROM payments_attempt a
  WHERE a.business_id = %(business_id)s::uuid AND a.state IN ('succeeded', 'returned')
)
SELECT format('%%s %%s', coalesce(w.kind, r.kind), id) AS subject,
  format('%%s %%s, as credit %%s %%s', coalesce(w.total_minor::text, 'none'), w.currency,
         coalesce(r.total_minor::text, 'none'), r.currency) AS found
FROM want w
FULL JOIN (SELECT * FROM receivables_credit c WHERE c.business_id = %(business_id)s::uuid) r
  USING (id)
WHERE (w.kind, w.customer_id, w.currency, w.total_minor)
  IS DISTINCT FROM (r.kind, r.customer_id, r.currency, r.total_minor)
LIMIT %(limit)s::int
