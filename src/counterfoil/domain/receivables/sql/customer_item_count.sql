-- How many invoices of one customer there are that answer to a filter.
-- row: counterfoil.domain.receivables.queries.Count
SELECT count(*)::int AS count FROM receivables_openitem o
WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = %(customer_id)s::uuid
  {STATUS} {SEARCH}
