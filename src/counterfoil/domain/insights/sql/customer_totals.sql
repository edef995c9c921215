-- What some customers owe, by currency, as of a day; and what of it nobody is paying already.
-- row: counterfoil.domain.insights.work_rows.CustomerTotal
SELECT o.customer_id, o.currency,
  sum(o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor)::bigint AS open_minor,
  coalesce(sum(o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor)
    FILTER (WHERE o.due_date < %(today)s::date), 0)::bigint AS overdue_minor,
  coalesce(sum(o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor)
    FILTER (WHERE c.id IS NULL), 0)::bigint AS due_minor
FROM receivables_openitem o
LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
  AND c.freed_at IS NULL
WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = ANY(%(customer_ids)s::uuid[])
  AND o.is_open
GROUP BY o.customer_id, o.currency ORDER BY o.customer_id, 3 DESC
