-- Each chargeback was opened in the books once, with its amount in dispute at its payment's gateway
-- account, and left the dispute once when it was decided; nothing else was ever in dispute.
-- row: counterfoil.domain.insights.rows.Violation
WITH book AS (
  SELECT e.source_id AS id, count(DISTINCT e.id) FILTER (WHERE e.kind = 'chargeback_opened')
      AS opened,
    count(DISTINCT e.id) FILTER (WHERE e.kind = 'chargeback_won') AS won,
    count(DISTINCT e.id) FILTER (WHERE e.kind = 'chargeback_lost') AS lost,
    count(DISTINCT e.id) FILTER (WHERE e.kind = 'chargeback_won_late') AS won_late,
    coalesce(sum(p.amount_minor) FILTER (WHERE k.id = p.debit_account_id), 0) AS in_minor,
    coalesce(sum(p.amount_minor) FILTER (WHERE k.id = p.credit_account_id), 0) AS out_minor,
    min(p.currency) FILTER (WHERE k.id IS NOT NULL) AS currency,
    min(k.party::text) AS account, max(k.party::text) AS other_account
  FROM ledger_journalentry e
  JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  LEFT JOIN ledger_account k ON k.business_id = p.business_id AND k.kind = 'in_dispute'
    AND k.id IN (p.debit_account_id, p.credit_account_id)
  WHERE e.business_id = %(business_id)s::uuid AND (e.kind LIKE 'chargeback%%' OR k.id IS NOT NULL)
  GROUP BY e.source_id
)
SELECT 'chargeback ' || id AS subject,
  format('%%s of %%s %%s; into dispute %%s, out of it %%s %%s', coalesce(d.state, 'none'),
         d.amount_minor, d.currency, b.in_minor, b.out_minor, b.currency) AS found
FROM (SELECT c.*, a.gateway_account_id FROM payments_chargeback c
      JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
      WHERE c.business_id = %(business_id)s::uuid) d
FULL JOIN book b USING (id)
WHERE (b.opened, b.in_minor, b.currency, b.account, b.other_account) IS DISTINCT FROM
      (1::bigint, d.amount_minor::numeric, d.currency::text, d.gateway_account_id::text,
       d.gateway_account_id::text)
  OR b.out_minor IS DISTINCT FROM
     CASE WHEN d.state IN ('won', 'lost') THEN d.amount_minor::numeric ELSE 0 END
  OR b.won + b.lost IS DISTINCT FROM CASE WHEN d.state IN ('won', 'lost') THEN 1 ELSE 0 END::bigint
  OR b.won_late > b.lost OR d.state = 'lost' AND (b.lost, b.won_late) <> (1::bigint, 0::bigint)
  OR d.state = 'won' AND b.won + b.won_late <> 1
LIMIT %(limit)s::int
