-- A payment that the payer's bank sent back covers nothing any more, and has exactly one
-- payment_returned entry, of its whole amount and currency, from who held the money; no other
-- payment has one.
-- row: counterfoil.domain.insights.rows.Violation
WITH book AS (
  SELECT e.source_id AS id, count(DISTINCT e.id) AS entries, sum(p.amount_minor) AS amount,
    min(p.currency) AS currency, min(c.party::text) AS account
  FROM ledger_journalentry e
  JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  JOIN ledger_account c ON c.business_id = p.business_id AND c.id = p.credit_account_id
  WHERE e.business_id = %(business_id)s::uuid AND e.kind = 'payment_returned'
  GROUP BY e.source_id
)
SELECT 'payment ' || id AS subject,
  format('%%s %%s %%s, covers %%s, %%s entries of %%s %%s', coalesce(a.state, 'no attempt'),
         a.amount_minor, a.currency, a.covers, coalesce(b.entries, 0), b.amount, b.currency)
    AS found
FROM (
  SELECT t.*, coalesce((SELECT sum(l.amount_minor) FROM receivables_allocation l
                        WHERE l.business_id = t.business_id AND l.credit_id = t.id), 0) AS covers
  FROM payments_attempt t
  WHERE t.business_id = %(business_id)s::uuid AND t.state = 'returned'
) a
FULL JOIN book b USING (id)
WHERE a.id IS NULL OR b.id IS NULL OR a.covers <> 0 OR b.entries <> 1
  OR (b.amount, b.currency, b.account) IS DISTINCT FROM
     (a.amount_minor::numeric, a.currency::text, a.gateway_account_id::text)
LIMIT %(limit)s::int
