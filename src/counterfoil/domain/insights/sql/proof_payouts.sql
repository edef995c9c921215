-- What the books have on its way to our bank, and in suspense, is what the payouts say, less the
-- refunds by hand that our bank's statements have not shown; and each clearing account holds what
-- its gateway holds by the books: what was paid, less what was given back, charged back, kept as
-- fees and paid out.
-- row: counterfoil.domain.insights.rows.Violation
WITH moved AS (
  SELECT k.kind, k.party AS account_id, k.currency, sum(m.amount) AS minor
  FROM (
    SELECT p.debit_account_id AS id, p.amount_minor AS amount FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
    UNION ALL
    SELECT p.credit_account_id, -p.amount_minor FROM ledger_posting p
    WHERE p.business_id = %(business_id)s::uuid
  ) m
  JOIN ledger_account k ON k.business_id = %(business_id)s::uuid AND k.id = m.id
  WHERE k.kind IN ('clearing', 'in_transit', 'suspense')
  GROUP BY k.kind, k.party, k.currency
), payout AS (
  SELECT p.gateway_account_id AS account_id, p.currency, p.state, p.amount_minor, p.fee_minor,
    p.difference_minor + coalesce((
      SELECT sum(l.suspense_minor) FROM reconciliation_payoutline l
      WHERE l.business_id = p.business_id AND l.payout_id = p.id), 0) AS suspense_minor
  FROM reconciliation_payout p WHERE p.business_id = %(business_id)s::uuid
), paid AS (
  SELECT a.id, a.gateway_account_id AS account_id, a.currency, a.amount_minor
  FROM payments_attempt a
  JOIN payments_gatewayaccount g ON g.business_id = a.business_id AND g.id = a.gateway_account_id
  WHERE a.business_id = %(business_id)s::uuid AND a.state = 'succeeded'
    AND g.kind NOT IN ('bank', 'offline')
), said AS (
  SELECT 'in_transit' AS kind, account_id, currency, sum(minor) AS minor FROM (
    SELECT account_id, currency, amount_minor AS minor
    FROM payout WHERE state IN ('in_transit', 'paid')
    UNION ALL
    SELECT a.gateway_account_id, r.currency, -r.amount_minor
    FROM payments_refund r
    JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.attempt_id
    WHERE r.business_id = %(business_id)s::uuid AND r.state = 'succeeded'
      AND r.method IN ('bank_transfer', 'cheque')
    UNION ALL
    SELECT a.gateway_account_id, l.currency, -l.amount_minor
    FROM reconciliation_bankline l
    JOIN payments_refund r ON r.business_id = l.business_id AND r.id = l.refund_id
    JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.attempt_id
    WHERE l.business_id = %(business_id)s::uuid
  ) t GROUP BY 2, 3
  UNION ALL
  SELECT 'suspense', account_id, currency, -sum(suspense_minor) FROM payout GROUP BY 2, 3
  UNION ALL
  SELECT 'clearing', account_id, currency, sum(minor) FROM (
    SELECT account_id, currency, amount_minor AS minor FROM paid
    UNION ALL
    SELECT a.gateway_account_id, r.currency, -r.amount_minor
    FROM payments_refund r
    JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.attempt_id
    WHERE r.business_id = %(business_id)s::uuid AND r.state = 'succeeded' AND r.method = ''
    UNION ALL
    SELECT a.gateway_account_id, d.currency,
      -d.fee_minor - CASE WHEN d.state = 'won' THEN 0 ELSE d.amount_minor END
    FROM payments_chargeback d
    JOIN payments_attempt a ON a.business_id = d.business_id AND a.id = d.attempt_id
    WHERE d.business_id = %(business_id)s::uuid
    UNION ALL
    SELECT account_id, currency,
      suspense_minor - fee_minor - CASE WHEN state = 'failed' THEN 0 ELSE amount_minor END
    FROM payout
  ) c GROUP BY 2, 3
)
SELECT format('%%s of %%s in %%s', kind, account_id, currency) AS subject,
  format('the books say %%s, what moved says %%s', coalesce(m.minor, 0), coalesce(s.minor, 0))
    AS found
FROM moved m FULL JOIN said s USING (kind, account_id, currency)
WHERE coalesce(m.minor, 0) <> coalesce(s.minor, 0)
LIMIT %(limit)s::int
