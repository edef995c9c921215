-- What a payment counts as being given back and as given back is the sum of its open and of its
-- succeeded refunds, in its currency and never more than it brought; its credit says the same, with
-- what lost chargebacks took, as far as it goes (the surcharge is none of it), and is used up where
-- the payer's bank sent the payment back.
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
WHERE a.business_id = %(business_id)s::uuid
  AND (s.open_minor <> a.refunding_minor OR s.given_minor <> a.refunded_minor OR s.is_foreign
    OR s.given_minor > 0 AND a.state NOT IN ('succeeded', 'returned')
    OR s.given_minor > a.amount_minor
    OR coalesce(c.refunded_minor, 0) <> CASE
         WHEN a.state = 'returned' THEN c.total_minor
         ELSE coalesce(least(c.total_minor, s.given_minor + a.charged_back_minor), 0) END)
LIMIT %(limit)s::int
