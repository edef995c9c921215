-- What the books say came to each bank account, less what gateways took from it and what refunds
-- by hand took, is what its settled lines come to.
-- row: counterfoil.domain.insights.rows.Violation
WITH booked AS (
  SELECT d.party AS id, m.currency, sum(m.minor) AS minor
  FROM ledger_account d
  JOIN (
    SELECT p.debit_account_id AS account_id, p.currency, p.amount_minor AS minor
    FROM ledger_posting p WHERE p.business_id = %(business_id)s::uuid
    UNION ALL
    SELECT p.credit_account_id, p.currency, -p.amount_minor
    FROM ledger_posting p
    JOIN ledger_journalentry e ON e.business_id = p.business_id AND e.id = p.entry_id
    WHERE p.business_id = %(business_id)s::uuid
      AND e.kind IN ('payout_arrived', 'refund_cleared', 'refund_unmatched')
  ) m ON m.account_id = d.id
  WHERE d.business_id = %(business_id)s::uuid AND d.kind = 'bank'
  GROUP BY d.party, m.currency
), imported AS (
  SELECT l.bank_account_id AS id, l.currency, sum(l.amount_minor) AS minor
  FROM reconciliation_bankline l
  WHERE l.business_id = %(business_id)s::uuid AND l.state = 'settled'
  GROUP BY l.bank_account_id, l.currency
)
SELECT format('bank account %%s', id) AS subject,
  format('the books say %%s %%s, its lines %%s', coalesce(b.minor, 0), currency,
         coalesce(i.minor, 0)) AS found
FROM booked b FULL JOIN imported i USING (id, currency)
WHERE coalesce(b.minor, 0) <> coalesce(i.minor, 0)
LIMIT %(limit)s::int
