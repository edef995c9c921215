-- What a payment counts as being given back and as given back is the sum of its open and of its
-- succeeded refunds, in its currency and never more than it brought; its credit says the same, with
-- what lost chargebacks took and without the surcharge, which is given back last, and is used up
-- where the payer's bank sent the payment back.
-- row: counterfoil.domain.insights.rows.Violation
SELECT 'payment ' || a.id AS subject,
  format('of %%s %%s: open %%s counted %%s, given back %%s counted %%s, of the credit %%s',
         a.amount_minor, a.currency, s.open_minor, a.refunding_minor, s.given_minor,
         a.refunded_minor, c.refunded_minor) AS found
FROM payments_attempt a
LEFT JOIN receivables_credit c ON c.business_id = a.business_id AND c.id = a.id
CROSS JOIN LATERAL (
  SELECT coalesce(sum(r.amount_minor) FILTER (WHERE r.state = ANY(%(open_states)s::text[])), 0)
      AS open_minor,
    coalesce(sum(r.amount_minor) FILTER (WHERE r.state = 'succeeded'), 0) AS given_minor,
    bool_or(r.currency <> a.currency) AS is_foreign
  FROM payments_refund r WHERE r.business_id = a.business_id AND r.attempt_id = a.id
) s
CROSS JOIN LATERAL (
  SELECT coalesce(sum(t.taken_minor), 0) AS taken_minor FROM payments_chargeback t
  WHERE t.business_id = a.business_id AND t.attempt_id = a.id
) d
CROSS JOIN LATERAL (
  SELECT greatest(0, least(a.surcharge_minor,
    s.given_minor + d.taken_minor - a.amount_minor + a.surcharge_minor)) AS fee_minor
) f
WHERE a.business_id = %(business_id)s::uuid
  AND (s.open_minor <> a.refunding_minor OR s.given_minor <> a.refunded_minor OR s.is_foreign
    OR s.given_minor > 0 AND a.state NOT IN ('succeeded', 'returned')
    OR s.given_minor > a.amount_minor
    OR coalesce(c.refunded_minor, 0) <> CASE WHEN a.state = 'returned' THEN c.total_minor
                                             ELSE s.given_minor + d.taken_minor - f.fee_minor END)
LIMIT %(limit)s::int
