-- For each waiting line: open invoices of the same amount, then of customers whose name is alike.
-- row: counterfoil.domain.reconciliation.rows.Suggestion
SELECT l.id AS line_id, s.id AS invoice_id, s.number, s.customer_id, s.name AS customer_name,
  s.open_minor, s.currency, s.due_date, s.same_amount
FROM reconciliation_bankline l
CROSS JOIN LATERAL (
  SELECT o.id, o.number, o.customer_id, k.name, o.currency, o.due_date,
    due.minor AS open_minor, due.minor = l.amount_minor AS same_amount
  FROM receivables_openitem o
  CROSS JOIN LATERAL (
    SELECT o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor AS minor) due
  JOIN customers_customer k ON k.business_id = o.business_id AND k.id = o.customer_id
  WHERE o.business_id = l.business_id AND o.is_open AND o.currency = l.currency
    AND (due.minor = l.amount_minor
         OR (l.counterparty <> '' AND lower(k.name) = lower(l.counterparty)))
  ORDER BY (lower(k.name) = lower(l.counterparty)) DESC, same_amount DESC, o.due_date, o.id
  LIMIT 3
) s
WHERE l.business_id = %(business_id)s::uuid AND l.id = ANY(%(ids)s::uuid[])
