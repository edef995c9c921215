-- How many bank lines are in each state.
-- row: counterfoil.domain.reconciliation.rows.LineCounts
SELECT count(*) FILTER (WHERE l.state = 'waiting')::int AS waiting,
  count(*) FILTER (WHERE l.state = 'settled')::int AS settled,
  count(*) FILTER (WHERE l.state = 'aside')::int AS aside
FROM reconciliation_bankline l
WHERE l.business_id = %(business_id)s::uuid
