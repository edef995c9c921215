-- What a payment counts as contested and as charged back is the sum of its chargebacks that nobody
-- has decided, and of its lost ones; only a lost one takes anything.
-- row: counterfoil.domain.insights.rows.Violation
SELECT 'payment ' || a.id AS subject,
  format('contested %%s counted %%s, charged back %%s counted %%s, taken by others: %%s',
         s.contested_minor, a.contested_minor, s.lost_minor, a.charged_back_minor, s.is_odd)
    AS found
FROM payments_attempt a
CROSS JOIN LATERAL (
  SELECT coalesce(sum(d.held_minor) FILTER (WHERE d.state IN ('open', 'answered')), 0)
      AS contested_minor,
    coalesce(sum(d.held_minor) FILTER (WHERE d.state = 'lost'), 0) AS lost_minor,
    coalesce(bool_or(d.state <> 'lost' AND d.taken_minor <> 0), false) AS is_odd
  FROM payments_chargeback d WHERE d.business_id = a.business_id AND d.attempt_id = a.id
) s
WHERE a.business_id = %(business_id)s::uuid
  AND (s.contested_minor <> a.contested_minor OR s.lost_minor <> a.charged_back_minor OR s.is_odd)
LIMIT %(limit)s::int
