-- Each attempt that succeeded, sent back later or not, has exactly one payment_received entry, of
-- its amount and currency, on the
-- account of who holds the money: its gateway's clearing account, our bank, our till; no other
-- attempt has one.
-- row: counterfoil.domain.insights.rows.Violation
WITH book AS (
  SELECT e.source_id AS id, count(DISTINCT e.id) AS entries, sum(p.amount_minor) AS amount,
    min(p.currency) AS currency, min(d.party::text) AS account,
    min(d.kind) AS holder, max(d.kind) AS other_holder
  FROM ledger_journalentry e
  LEFT JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  LEFT JOIN ledger_account d ON d.business_id = p.business_id AND d.id = p.debit_account_id
  WHERE e.business_id = %(business_id)s::uuid AND e.kind = 'payment_received'
  GROUP BY e.source_id
)
SELECT 'payment ' || id AS subject,
  format('%%s %%s %%s, %%s entries of %%s %%s', coalesce(a.state, 'no attempt'), a.amount_minor,
         a.currency, coalesce(b.entries, 0), b.amount, b.currency) AS found
FROM (SELECT t.*, CASE g.kind WHEN 'bank' THEN 'bank' WHEN 'offline' THEN 'cash'
                          ELSE 'clearing' END AS holder
      FROM payments_attempt t
      JOIN payments_gatewayaccount g
        ON g.business_id = t.business_id AND g.id = t.gateway_account_id
      WHERE t.business_id = %(business_id)s::uuid) a
FULL JOIN book b USING (id)
WHERE ((a.state IN ('succeeded', 'returned')) IS NOT TRUE AND b.entries IS NOT NULL)
  OR (a.state IN ('succeeded', 'returned') AND (
    b.entries IS DISTINCT FROM 1 OR (b.holder, b.other_holder) IS DISTINCT FROM (a.holder, a.holder)
    OR (b.amount, b.currency, b.account) IS DISTINCT FROM
       (a.amount_minor::numeric, a.currency::text, a.gateway_account_id::text)))
LIMIT %(limit)s::int
