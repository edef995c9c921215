-- What each customer owes by open items is what the ledger's receivable account says.
-- row: counterfoil.domain.insights.rows.Violation
WITH item AS (
  SELECT o.customer_id, o.currency, sum(o.total_minor - o.paid_minor - o.credited_minor) AS amount
  FROM receivables_openitem o
  WHERE o.business_id = %(business_id)s::uuid AND NOT o.is_void
  GROUP BY o.customer_id, o.currency
), book AS (
  SELECT a.party AS customer_id, a.currency, sum(m.amount) AS amount FROM (
    SELECT p.debit_account_id AS id, p.amount_minor AS amount FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
    UNION ALL
    SELECT p.credit_account_id, -p.amount_minor FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
  ) m JOIN ledger_account a ON a.business_id = %(business_id)s::uuid AND a.id = m.id
  WHERE a.kind = 'receivable' GROUP BY a.party, a.currency
)
SELECT format('customer %%s in %%s', coalesce(k.name, v.customer_id::text), v.currency) AS subject,
  format('open items %%s, ledger %%s', v.kept, v.booked) AS found
FROM (
  SELECT customer_id, currency, coalesce(i.amount, 0) AS kept, coalesce(b.amount, 0) AS booked
  FROM item i FULL JOIN book b USING (customer_id, currency)
) v
LEFT JOIN customers_customer k
  ON k.business_id = %(business_id)s::uuid AND k.id = v.customer_id
WHERE v.kept <> v.booked
LIMIT %(limit)s::int
