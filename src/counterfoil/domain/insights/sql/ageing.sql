-- What is open by currency and by how late it is on a day; read from the index alone.
-- row: counterfoil.domain.insights.work_rows.Ageing
SELECT o.currency,
  coalesce(sum(o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor)
    FILTER (WHERE o.due_date >= %(today)s::date), 0)::bigint AS not_due_minor,
  coalesce(sum(o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor)
    FILTER (WHERE o.due_date < %(today)s::date AND o.due_date >= %(today)s::date - 30), 0)::bigint
    AS late_30_minor,
  coalesce(sum(o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor)
    FILTER (WHERE o.due_date < %(today)s::date - 30 AND o.due_date >= %(today)s::date - 60),
    0)::bigint AS late_60_minor,
  coalesce(sum(o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor)
    FILTER (WHERE o.due_date < %(today)s::date - 60), 0)::bigint AS later_minor,
  count(*)::int AS open_count
FROM receivables_openitem o
WHERE o.business_id = %(business_id)s::uuid AND o.is_open
GROUP BY o.currency ORDER BY count(*) DESC, o.currency
