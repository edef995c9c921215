-- What each customer owes, or has in unapplied credit (below zero), is what the ledger's account of
-- that kind holds, debit less credit.
-- row: counterfoil.domain.insights.rows.Violation
WITH kept AS (
  SELECT r.customer_id, r.currency, sum({REST}) AS amount
  FROM {ROWS} r WHERE r.business_id = %(business_id)s::uuid
  GROUP BY r.customer_id, r.currency
), book AS (
  SELECT a.party AS customer_id, a.currency, sum(m.amount) AS amount FROM (
    SELECT p.debit_account_id AS id, p.amount_minor AS amount FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
    UNION ALL
    SELECT p.credit_account_id, -p.amount_minor FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
  ) m JOIN ledger_account a ON a.business_id = %(business_id)s::uuid AND a.id = m.id
  WHERE a.kind = '{KIND}' GROUP BY a.party, a.currency
)
SELECT format('customer %%s in %%s', coalesce(c.name, v.customer_id::text), v.currency) AS subject,
  format('kept %%s, ledger %%s', v.kept, v.booked) AS found
FROM (
  SELECT customer_id, currency, coalesce(k.amount, 0) AS kept, coalesce(b.amount, 0) AS booked
  FROM kept k FULL JOIN book b USING (customer_id, currency)
) v
LEFT JOIN customers_customer c
  ON c.business_id = %(business_id)s::uuid AND c.id = v.customer_id
WHERE v.kept <> v.booked
LIMIT %(limit)s::int
