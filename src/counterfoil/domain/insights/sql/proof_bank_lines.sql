-- Each settled bank line is one paid attempt of its amount and currency on its account, or one
-- payout of a gateway of its amount and currency, or one refund by hand of them that went by it, or
-- (above zero, after one below) came back, each once; each paid
-- attempt of a bank account is one settled line, and every other line says why it is not.
-- row: counterfoil.domain.insights.rows.Violation
WITH paid AS (
  SELECT a.id, a.state, a.amount_minor, a.currency, a.gateway_account_id
  FROM payments_attempt a
  JOIN payments_gatewayaccount g ON g.business_id = a.business_id AND g.id = a.gateway_account_id
  WHERE a.business_id = %(business_id)s::uuid AND g.kind = 'bank'
)
SELECT coalesce('bank line ' || l.id, 'payment ' || p.id) AS subject,
  format('%%s of %%s %%s %%s, payment %%s of %%s %%s', coalesce(l.state, 'no line'),
         l.amount_minor, l.currency, l.problem, coalesce(p.state, 'none'), p.amount_minor,
         p.currency) AS found
FROM (SELECT * FROM reconciliation_bankline b WHERE b.business_id = %(business_id)s::uuid) l
FULL JOIN paid p ON p.id = l.attempt_id
LEFT JOIN reconciliation_payout o
  ON o.business_id = %(business_id)s::uuid AND o.id = l.payout_id
LEFT JOIN payments_refund r
  ON r.business_id = %(business_id)s::uuid AND r.id = l.refund_id
WHERE (l.id IS NULL AND p.state = 'succeeded')
  OR (l.state = 'settled' AND l.payout_id IS NULL AND l.refund_id IS NULL
    AND (p.state IS DISTINCT FROM 'succeeded' OR (l.amount_minor, l.currency, l.bank_account_id)
       IS DISTINCT FROM (p.amount_minor, p.currency, p.gateway_account_id)))
  OR (l.payout_id IS NOT NULL AND (o.state, o.amount_minor, o.currency)
      IS DISTINCT FROM ('arrived'::varchar, l.amount_minor, l.currency))
  OR (l.refund_id IS NOT NULL AND (r.amount_minor <> abs(l.amount_minor)
    OR r.currency <> l.currency OR r.method NOT IN ('bank_transfer', 'cheque')
    OR NOT (r.state = 'returned' OR l.amount_minor < 0 AND r.state = 'succeeded')
    OR 1 <> (SELECT count(*) FROM reconciliation_bankline o
             WHERE o.business_id = %(business_id)s::uuid AND o.refund_id = l.refund_id
               AND o.amount_minor < 0)
    OR 1 < (SELECT count(*) FROM reconciliation_bankline o
            WHERE o.business_id = %(business_id)s::uuid AND o.refund_id = l.refund_id
              AND o.amount_minor > 0)))
  OR (l.state <> 'settled' AND l.problem = '')
LIMIT %(limit)s::int
