-- A payment that the payer's bank sent back covers nothing any more, and has exactly one
-- payment_returned entry more than it has return_undone entries, each of its whole amount and
-- currency, from, and to, who held the money; one that is paid after all has as many of both, and
-- no other payment has any.
-- row: counterfoil.domain.insights.rows.Violation
WITH each AS (
  SELECT e.source_id AS id, e.id AS entry_id, e.kind, sum(p.amount_minor) AS amount,
    min(p.currency) AS currency,
    min(CASE e.kind WHEN 'payment_returned' THEN c.party::text ELSE d.party::text END) AS account
  FROM ledger_journalentry e
  JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  JOIN ledger_account c ON c.business_id = p.business_id AND c.id = p.credit_account_id
  JOIN ledger_account d ON d.business_id = p.business_id AND d.id = p.debit_account_id
  WHERE e.business_id = %(business_id)s::uuid AND e.kind IN ('payment_returned', 'return_undone')
  GROUP BY e.source_id, e.id, e.kind
), book AS (
  SELECT id, count(*) FILTER (WHERE kind = 'payment_returned') AS came_back,
    count(*) FILTER (WHERE kind = 'return_undone') AS undone,
    min(amount) AS amount, max(amount) AS most, min(currency) AS currency,
    min(account) AS account, max(account) AS other_account
  FROM each GROUP BY id
)
SELECT 'payment ' || id AS subject,
  format('%%s %%s %%s, covers %%s, came back %%s times, undone %%s times, %%s %%s',
         coalesce(a.state, 'no attempt'), a.amount_minor, a.currency, a.covers,
         coalesce(b.came_back, 0), coalesce(b.undone, 0), b.amount, b.currency) AS found
FROM (
  SELECT t.*, coalesce((SELECT sum(l.amount_minor) FROM receivables_allocation l
                        WHERE l.business_id = t.business_id AND l.credit_id = t.id), 0) AS covers
  FROM payments_attempt t
  WHERE t.business_id = %(business_id)s::uuid AND (t.state = 'returned' OR EXISTS (
    SELECT FROM book WHERE book.id = t.id))
) a
FULL JOIN book b USING (id)
WHERE a.id IS NULL OR b.id IS NULL OR a.state = 'returned' AND a.covers <> 0
  OR a.state NOT IN ('returned', 'succeeded')
  OR b.came_back - b.undone <> CASE a.state WHEN 'returned' THEN 1 ELSE 0 END
  OR (b.amount, b.most, b.currency, b.account, b.other_account) IS DISTINCT FROM
     (a.amount_minor::numeric, a.amount_minor::numeric, a.currency::text,
      a.gateway_account_id::text, a.gateway_account_id::text)
LIMIT %(limit)s::int
