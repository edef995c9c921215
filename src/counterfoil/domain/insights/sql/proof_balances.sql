-- The kept balance of each customer account is the sum of its postings.
-- row: counterfoil.domain.insights.rows.Violation
WITH moved AS (
  SELECT m.id, sum(m.amount) AS amount FROM (
    SELECT p.debit_account_id AS id, p.amount_minor AS amount FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
    UNION ALL
    SELECT p.credit_account_id, -p.amount_minor FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
  ) m GROUP BY m.id
)
SELECT format('%%s of customer %%s in %%s', a.kind, coalesce(k.name, a.party::text), a.currency)
    AS subject,
  format('kept %%s, postings %%s', coalesce(b.balance_minor::text, 'none'),
         coalesce(m.amount::text, 'none')) AS found
FROM ledger_account a
LEFT JOIN ledger_balance b ON b.business_id = a.business_id AND b.id = a.id
LEFT JOIN moved m ON m.id = a.id
LEFT JOIN customers_customer k ON k.business_id = a.business_id AND k.id = a.party
WHERE a.business_id = %(business_id)s::uuid
  AND ((a.keeps_balance AND b.balance_minor IS DISTINCT FROM m.amount)
       OR (NOT a.keeps_balance AND b.id IS NOT NULL))
LIMIT %(limit)s::int
