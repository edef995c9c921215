-- What the books have of surcharges is what succeeded payments carried, less what refunds gave back
-- and lost chargebacks took, last of all; a payment that the payer's bank sent back carries none.
-- row: counterfoil.domain.insights.rows.Violation
WITH want AS (
  SELECT a.currency, sum(a.surcharge_minor - greatest(0, least(a.surcharge_minor,
      a.refunded_minor + a.charged_back_minor - a.amount_minor + a.surcharge_minor))) AS amount
  FROM payments_attempt a
  WHERE a.business_id = %(business_id)s::uuid AND a.state = 'succeeded' AND a.surcharge_minor > 0
  GROUP BY a.currency
), book AS (
  SELECT p.currency, sum(CASE WHEN p.credit_account_id = k.id THEN p.amount_minor
                              ELSE -p.amount_minor END) AS amount
  FROM ledger_account k
  JOIN ledger_posting p ON p.business_id = k.business_id
    AND k.id IN (p.credit_account_id, p.debit_account_id)
  WHERE k.business_id = %(business_id)s::uuid AND k.kind = 'surcharges'
  GROUP BY p.currency
)
SELECT 'surcharges in ' || currency AS subject,
  format('payments carry %%s, the books say %%s', coalesce(w.amount, 0), coalesce(b.amount, 0))
    AS found
FROM want w FULL JOIN book b USING (currency)
WHERE coalesce(w.amount, 0) <> coalesce(b.amount, 0)
LIMIT %(limit)s::int
