-- What lines may be, the likeliest first. Money that left: a refund by hand of this very amount
-- that no line has shown, or a payment without a gateway that this holder made, of which this very
-- amount covers nothing or is all that is left. Money that came: a refund by hand that a line has
-- shown.
-- row: counterfoil.domain.reconciliation.rows.RefundOffer
WITH w AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(marks)s::text[], %(names)s::text[],
    %(currencies)s::text[], %(amounts)s::bigint[], %(texts)s::text[])
    AS w(line_id, account_mark, name, currency, minor, said)
), paid AS (
  SELECT w.line_id, l.attempt_id FROM w
  JOIN reconciliation_bankline l ON l.business_id = %(business_id)s::uuid
    AND l.attempt_id IS NOT NULL AND l.account_mark <> '' AND l.account_mark = w.account_mark
  WHERE w.minor < 0
  UNION
  SELECT w.line_id, l.attempt_id FROM w
  JOIN reconciliation_bankline l ON l.business_id = %(business_id)s::uuid
    AND l.attempt_id IS NOT NULL AND lower(l.counterparty) = lower(w.name)
  WHERE w.minor < 0 AND w.name <> '' AND (w.account_mark = '' OR l.account_mark = '')
), found AS (
  SELECT w.line_id, r.attempt_id, r.id AS refund_id, r.currency, r.amount_minor,
    r.transfer_ref <> '' AND strpos(w.said, r.transfer_ref) > 0 AS is_named
  FROM w
  JOIN payments_refund r ON r.business_id = %(business_id)s::uuid
    AND r.method IN ('bank_transfer', 'cheque') AND r.currency = w.currency
    AND r.amount_minor = abs(w.minor)
  WHERE (w.minor < 0) <> EXISTS (
      SELECT FROM reconciliation_bankline s
      WHERE s.business_id = r.business_id AND s.refund_id = r.id AND s.amount_minor < 0)
    AND (r.state = 'succeeded' OR w.minor < 0 AND (r.state = 'pending'
      OR r.state = 'cancelled' AND r.transfer_ref <> '' AND strpos(w.said, r.transfer_ref) > 0))
  UNION ALL
  SELECT w.line_id, a.id, NULL, a.currency, -w.minor, false
  FROM w
  JOIN paid p USING (line_id)
  JOIN payments_attempt a ON a.business_id = %(business_id)s::uuid AND a.id = p.attempt_id
    AND a.currency = w.currency AND a.state = 'succeeded'
  LEFT JOIN receivables_credit c ON c.business_id = a.business_id AND c.id = a.id
  CROSS JOIN LATERAL (
    SELECT a.amount_minor - a.refunding_minor - a.refunded_minor - a.charged_back_minor AS minor
  ) rest
  WHERE -w.minor <= rest.minor AND -w.minor IN (
    rest.minor, c.total_minor - c.applied_minor - a.refunding_minor)
)
SELECT f.line_id, f.attempt_id, f.refund_id, k.name AS customer_name,
  coalesce(a.finished_at, a.created_at) AS paid_at, f.currency, f.amount_minor, f.is_named
FROM found f
JOIN payments_attempt a ON a.business_id = %(business_id)s::uuid AND a.id = f.attempt_id
JOIN customers_customer k ON k.business_id = a.business_id AND k.id = a.customer_id
ORDER BY f.line_id, f.is_named DESC, f.refund_id IS NULL, a.id DESC
LIMIT %(limit)s::int
