-- Customers whose unapplied credit could cover open invoices of the same currency; what is about to
-- be given back could not.
-- row: counterfoil.domain.insights.work_rows.IdleCredit
SELECT r.customer_id, k.name AS customer_name, r.currency, r.unapplied_minor, o.open_minor,
  o.open_count
FROM (
  SELECT c.customer_id, c.currency,
    sum(c.total_minor - c.applied_minor - coalesce(a.refunding_minor, 0))::bigint AS unapplied_minor
  FROM receivables_credit c
  LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.id
  WHERE c.business_id = %(business_id)s::uuid
    AND c.applied_minor + coalesce(a.refunding_minor, 0) < c.total_minor
  GROUP BY c.customer_id, c.currency
) r
JOIN customers_customer k ON k.business_id = %(business_id)s::uuid AND k.id = r.customer_id
CROSS JOIN LATERAL (
  SELECT sum(i.total_minor - i.paid_minor - i.credited_minor - i.written_off_minor)::bigint
      AS open_minor,
    count(*)::int AS open_count
  FROM receivables_openitem i
  WHERE i.business_id = %(business_id)s::uuid AND i.customer_id = r.customer_id
    AND i.currency = r.currency AND i.is_open
) o
WHERE o.open_count > 0
ORDER BY r.unapplied_minor DESC, r.customer_id LIMIT %(limit)s::int
