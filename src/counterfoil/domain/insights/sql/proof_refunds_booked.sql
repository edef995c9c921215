-- Each refund that was sent has exactly one refund_sent entry, of its amount and currency, from
-- its payment's gateway account; one that came back has one refund_returned too; others have none.
-- row: counterfoil.domain.insights.rows.Violation
WITH book AS (
  SELECT e.source_id AS id, count(DISTINCT e.id) FILTER (WHERE e.kind = 'refund_sent') AS sent,
    count(DISTINCT e.id) FILTER (WHERE e.kind = 'refund_returned') AS returned,
    sum(p.amount_minor) FILTER (WHERE e.kind = 'refund_sent') AS sent_minor,
    sum(p.amount_minor) FILTER (WHERE e.kind = 'refund_returned') AS returned_minor,
    min(p.currency) AS currency, min(k.party::text) AS least_account,
    max(k.party::text) AS account, bool_and(k.kind = 'clearing') AS is_clearing
  FROM ledger_journalentry e
  LEFT JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  LEFT JOIN ledger_account k ON k.business_id = p.business_id AND k.id = CASE
    WHEN e.kind = 'refund_sent' THEN p.credit_account_id ELSE p.debit_account_id END
  WHERE e.business_id = %(business_id)s::uuid AND e.kind IN ('refund_sent', 'refund_returned')
  GROUP BY e.source_id
)
SELECT 'refund ' || id AS subject,
  format('%%s %%s %%s, sent %%s of %%s, returned %%s of %%s %%s', coalesce(r.state, 'no refund'),
         r.amount_minor, r.currency, coalesce(b.sent, 0), b.sent_minor, coalesce(b.returned, 0),
         b.returned_minor, b.currency) AS found
FROM (SELECT t.*, a.gateway_account_id FROM payments_refund t
      JOIN payments_attempt a ON a.business_id = t.business_id AND a.id = t.attempt_id
      WHERE t.business_id = %(business_id)s::uuid) r
FULL JOIN book b USING (id)
WHERE (coalesce(b.sent, 0), coalesce(b.returned, 0)) IS DISTINCT FROM
      (CASE WHEN r.state IN ('succeeded', 'returned') THEN 1 ELSE 0 END::bigint,
       CASE WHEN r.state = 'returned' THEN 1 ELSE 0 END::bigint)
  OR b.id IS NOT NULL AND (b.is_clearing IS NOT TRUE
    OR (b.sent_minor, coalesce(b.returned_minor, r.amount_minor), b.currency, b.account,
        b.least_account) IS DISTINCT FROM
       (r.amount_minor::numeric, r.amount_minor::numeric, r.currency::text,
        r.gateway_account_id::text, r.gateway_account_id::text))
LIMIT %(limit)s::int
