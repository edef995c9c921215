-- Each refund that was sent has exactly one refund_sent entry more than such as say that it was
-- not, of its amount and currency, from its payment's gateway account, by hand from the till or
-- from what is on its way; one that came back has one refund_returned too; others have as many of
-- both.
-- row: counterfoil.domain.insights.rows.Violation
WITH book AS (
  SELECT e.source_id AS id, count(DISTINCT e.id) FILTER (WHERE e.kind = 'refund_sent') AS sent,
    count(DISTINCT e.id) FILTER (WHERE e.kind = 'refund_unsent') AS unsent,
    count(DISTINCT e.id) FILTER (WHERE e.kind = 'refund_returned') AS returned,
    sum(p.amount_minor) FILTER (WHERE e.kind = 'refund_sent') AS sent_minor,
    sum(p.amount_minor) FILTER (WHERE e.kind = 'refund_unsent') AS unsent_minor,
    sum(p.amount_minor) FILTER (WHERE e.kind = 'refund_returned') AS returned_minor,
    min(p.currency) AS currency, min(k.party::text) AS least_account,
    max(k.party::text) AS account, min(k.kind) AS least_kind, max(k.kind) AS kind
  FROM ledger_journalentry e
  LEFT JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  LEFT JOIN ledger_account k ON k.business_id = p.business_id AND k.id = CASE
    WHEN e.kind = 'refund_sent' THEN p.credit_account_id ELSE p.debit_account_id END
  WHERE e.business_id = %(business_id)s::uuid
    AND e.kind IN ('refund_sent', 'refund_unsent', 'refund_returned')
  GROUP BY e.source_id
)
SELECT 'refund ' || id AS subject,
  format('%%s %%s %%s, sent %%s of %%s, returned %%s of %%s %%s', coalesce(r.state, 'no refund'),
         r.amount_minor, r.currency, coalesce(b.sent, 0), b.sent_minor, coalesce(b.returned, 0),
         b.returned_minor, b.currency) AS found
FROM (SELECT t.*,
        CASE t.method WHEN '' THEN 'clearing' WHEN 'cash' THEN 'cash' ELSE 'in_transit' END
          AS holder_kind,
        CASE t.method WHEN 'cash' THEN (
          SELECT g.id FROM payments_gatewayaccount g
          WHERE g.business_id = t.business_id AND g.kind = 'offline' ORDER BY g.id LIMIT 1)
        ELSE a.gateway_account_id END AS holder_id
      FROM payments_refund t
      JOIN payments_attempt a ON a.business_id = t.business_id AND a.id = t.attempt_id
      WHERE t.business_id = %(business_id)s::uuid) r
FULL JOIN book b USING (id)
WHERE (coalesce(b.sent, 0) - coalesce(b.unsent, 0), coalesce(b.unsent, 0), coalesce(b.returned, 0))
      IS DISTINCT FROM
      (CASE WHEN r.state IN ('succeeded', 'returned') THEN 1 ELSE 0 END::bigint,
       r.unsent_times::bigint, CASE WHEN r.state = 'returned' THEN 1 ELSE 0 END::bigint)
  OR b.id IS NOT NULL AND
    (b.sent_minor, coalesce(b.unsent_minor, 0), coalesce(b.returned_minor, r.amount_minor),
     b.currency, b.account, b.least_account, b.kind::text, b.least_kind::text) IS DISTINCT FROM
    (r.amount_minor::numeric * b.sent, r.amount_minor::numeric * b.unsent,
     r.amount_minor::numeric, r.currency::text, r.holder_id::text,
     r.holder_id::text, r.holder_kind, r.holder_kind)
LIMIT %(limit)s::int
