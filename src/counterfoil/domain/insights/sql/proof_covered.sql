-- What is noted as paid and credited on an invoice is the sum of its allocations, within its total,
-- from the same customer and in the same currency.
-- row: counterfoil.domain.insights.rows.Violation
SELECT v.subject, v.found FROM (
  SELECT 'invoice ' || o.number AS subject,
    format('paid %%s by allocations %%s, credited %%s by allocations %%s, total %%s', o.paid_minor,
           coalesce(sum(l.amount_minor) FILTER (WHERE r.kind = 'payment'), 0), o.credited_minor,
           coalesce(sum(l.amount_minor) FILTER (WHERE r.kind = 'credit_note'), 0),
           o.total_minor) AS found
  FROM receivables_openitem o
  LEFT JOIN receivables_allocation l ON l.business_id = o.business_id AND l.invoice_id = o.id
  LEFT JOIN receivables_credit r ON r.business_id = l.business_id AND r.id = l.credit_id
  WHERE o.business_id = %(business_id)s::uuid
  GROUP BY o.business_id, o.id
  HAVING o.paid_minor <> coalesce(sum(l.amount_minor) FILTER (WHERE r.kind = 'payment'), 0)
    OR o.credited_minor <> coalesce(sum(l.amount_minor) FILTER (WHERE r.kind = 'credit_note'), 0)
    OR o.paid_minor + o.credited_minor > o.total_minor
  UNION ALL
  SELECT 'invoice ' || o.number, format('covered by a %%s of another customer or currency', r.kind)
  FROM receivables_allocation l
  JOIN receivables_credit r ON r.business_id = l.business_id AND r.id = l.credit_id
  JOIN receivables_openitem o ON o.business_id = l.business_id AND o.id = l.invoice_id
  WHERE l.business_id = %(business_id)s::uuid
    AND (r.customer_id, r.currency) <> (o.customer_id, o.currency)
) v LIMIT %(limit)s::int
