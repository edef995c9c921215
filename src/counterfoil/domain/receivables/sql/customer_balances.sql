-- What one customer owes, by currency, as of a day; what is being paid is told apart.
-- row: counterfoil.domain.receivables.rows.BalanceRow
SELECT o.currency,
  coalesce(sum(open.minor) FILTER (WHERE c.id IS NULL), 0)::bigint AS open_minor,
  (count(*) FILTER (WHERE c.id IS NULL))::int AS open_count,
  coalesce(sum(open.minor) FILTER (WHERE c.id IS NULL AND o.due_date < %(today)s::date), 0)::bigint
    AS overdue_minor,
  (count(*) FILTER (WHERE c.id IS NULL AND o.due_date < %(today)s::date))::int AS overdue_count,
  min(o.due_date) FILTER (WHERE c.id IS NULL) AS oldest_due_date,
  min(o.due_date) FILTER (WHERE c.id IS NULL AND o.due_date >= %(today)s::date) AS next_due_date,
  coalesce(sum(open.minor) FILTER (WHERE c.id IS NOT NULL), 0)::bigint AS held_minor,
  (count(*) FILTER (WHERE c.id IS NOT NULL))::int AS held_count
FROM receivables_openitem o
CROSS JOIN LATERAL (SELECT o.total_minor - o.paid_minor - o.credited_minor AS minor) open
LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
  AND c.freed_at IS NULL
WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = %(customer_id)s::uuid AND o.is_open
GROUP BY o.currency ORDER BY 4 DESC, 2 DESC, 1
