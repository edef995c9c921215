-- What each customer has in unapplied credit is what the ledger's customer credit account says.
-- row: counterfoil.domain.insights.rows.Violation
WITH credit AS (
  SELECT r.customer_id, r.currency, sum(r.total_minor - r.applied_minor) AS amount
  FROM receivables_credit r WHERE r.business_id = %(business_id)s::uuid
  GROUP BY r.customer_id, r.currency
), book AS (
  SELECT a.party AS customer_id, a.currency, sum(m.amount) AS amount FROM (
    SELECT p.credit_account_id AS id, p.amount_minor AS amount FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
    UNION ALL
    SELECT p.debit_account_id, -p.amount_minor FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
  ) m JOIN ledger_account a ON a.business_id = %(business_id)s::uuid AND a.id = m.id
  WHERE a.kind = 'customer_credit' GROUP BY a.party, a.currency
)
SELECT format('customer %%s in %%s', coalesce(k.name, v.customer_id::text), v.currency) AS subject,
  format('unapplied %%s, ledger %%s', v.kept, v.booked) AS found
FROM (
  SELECT customer_id, currency, coalesce(c.amount, 0) AS kept, coalesce(b.amount, 0) AS booked
  FROM credit c FULL JOIN book b USING (customer_id, currency)
) v
LEFT JOIN customers_customer k
  ON k.business_id = %(business_id)s::uuid AND k.id = v.customer_id
WHERE v.kept <> v.booked
LIMIT %(limit)s::int
