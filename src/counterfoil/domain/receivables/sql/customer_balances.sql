-- What one customer owes, by currency, as of a day; what is being paid is told apart, what of it
-- nobody knows yet, and what waits for its payer to confirm it, with who that is (`is_planned`: the
-- bank wants it of a planned payment); and what the customer has in unapplied credit, without what
-- of it is about to be given back.
-- row: counterfoil.domain.receivables.rows.BalanceRow
WITH owed AS (
  SELECT o.currency,
    sum(open.minor) FILTER (WHERE c.id IS NULL) AS open_minor,
    count(*) FILTER (WHERE c.id IS NULL) AS open_count,
    sum(open.minor) FILTER (WHERE c.id IS NULL AND o.due_date < %(today)s::date) AS overdue_minor,
    count(*) FILTER (WHERE c.id IS NULL AND o.due_date < %(today)s::date) AS overdue_count,
    min(o.due_date) FILTER (WHERE c.id IS NULL) AS oldest_due_date,
    min(o.due_date) FILTER (WHERE c.id IS NULL AND o.due_date >= %(today)s::date) AS next_due_date,
    sum(open.minor) FILTER (WHERE c.id IS NOT NULL AND NOT is_asked) AS held_minor,
    count(*) FILTER (WHERE c.id IS NOT NULL AND NOT is_asked) AS held_count,
    sum(open.minor) FILTER (WHERE a.state = 'unknown') AS unknown_minor,
    count(*) FILTER (WHERE a.state = 'unknown') AS unknown_count,
    sum(open.minor) FILTER (WHERE is_asked) AS asked_minor,
    count(*) FILTER (WHERE is_asked) AS asked_count,
    jsonb_agg(jsonb_build_object('ref', c.taken_by_ref, 'name', c.taken_by, 'minor', open.minor,
      'is_planned', a.failure_code = 'authentication_required')) FILTER (WHERE is_asked) AS askers
  FROM receivables_openitem o
  CROSS JOIN LATERAL (
    SELECT o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor AS minor) open
  LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
    AND c.freed_at IS NULL
  LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
  CROSS JOIN LATERAL (SELECT coalesce(a.state = 'action_required', false) AS is_asked) asked
  WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = %(customer_id)s::uuid
    AND o.is_open
  GROUP BY o.currency
), credit AS (
  SELECT r.currency, sum(r.total_minor - r.applied_minor - back.minor) AS unapplied_minor,
    sum(back.minor) AS going_back_minor
  FROM receivables_credit r
  LEFT JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.id
  CROSS JOIN LATERAL (
    SELECT least(r.total_minor - r.applied_minor, coalesce(a.refunding_minor, 0)) AS minor) back
  WHERE r.business_id = %(business_id)s::uuid AND r.customer_id = %(customer_id)s::uuid
    AND r.applied_minor < r.total_minor
  GROUP BY r.currency
)
SELECT coalesce(o.currency, r.currency) AS currency,
  coalesce(o.open_minor, 0)::bigint AS open_minor, coalesce(o.open_count, 0)::int AS open_count,
  coalesce(o.overdue_minor, 0)::bigint AS overdue_minor,
  coalesce(o.overdue_count, 0)::int AS overdue_count, o.oldest_due_date, o.next_due_date,
  coalesce(o.held_minor, 0)::bigint AS held_minor, coalesce(o.held_count, 0)::int AS held_count,
  coalesce(o.unknown_minor, 0)::bigint AS unknown_minor,
  coalesce(o.unknown_count, 0)::int AS unknown_count,
  coalesce(o.asked_minor, 0)::bigint AS asked_minor,
  coalesce(o.asked_count, 0)::int AS asked_count, coalesce(o.askers, '[]'::jsonb) AS askers,
  coalesce(r.unapplied_minor, 0)::bigint AS unapplied_minor,
  coalesce(r.going_back_minor, 0)::bigint AS going_back_minor
FROM owed o FULL JOIN credit r ON r.currency = o.currency
ORDER BY overdue_minor DESC, open_minor DESC, currency
