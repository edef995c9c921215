-- What was taken off an invoice again names an allocation of the same credit and invoice, and
-- takes off no more than that one put on; what was for a refund is within it and of its payment.
-- row: counterfoil.domain.insights.rows.Violation
SELECT v.subject, v.found FROM (
  SELECT 'allocation ' || l.id AS subject,
    format('%%s on, %%s taken off, elsewhere: %%s', l.amount_minor, -t.amount, t.is_elsewhere)
      AS found
  FROM receivables_allocation l
  CROSS JOIN LATERAL (
    SELECT sum(r.amount_minor) AS amount,
      bool_or((r.credit_id, r.invoice_id) <> (l.credit_id, l.invoice_id)) AS is_elsewhere
    FROM receivables_allocation r
    WHERE r.business_id = l.business_id AND r.reverses_id = l.id
  ) t
  WHERE l.business_id = %(business_id)s::uuid
    AND (l.amount_minor + t.amount < 0 OR t.amount > 0 OR t.is_elsewhere
      OR l.reverses_id IS NOT NULL AND t.amount IS NOT NULL)
  UNION ALL
  SELECT 'refund ' || f.id,
    format('of %%s, %%s taken off (%%s)', f.amount_minor, -t.amount, f.state)
  FROM payments_refund f
  CROSS JOIN LATERAL (
    SELECT sum(r.amount_minor) AS amount, bool_or(r.credit_id <> f.attempt_id) AS is_elsewhere
    FROM receivables_allocation r
    WHERE r.business_id = f.business_id AND r.refund_id = f.id
  ) t
  WHERE f.business_id = %(business_id)s::uuid AND t.amount IS NOT NULL
    AND (-t.amount > f.amount_minor OR t.amount > 0 OR t.is_elsewhere
      OR t.amount <> 0 AND f.state NOT IN ('succeeded', 'returned'))
  UNION ALL
  SELECT 'chargeback ' || d.id,
    format('took %%s, %%s taken off (%%s)', d.taken_minor, -t.amount, d.state)
  FROM payments_chargeback d
  CROSS JOIN LATERAL (
    SELECT sum(r.amount_minor) AS amount, bool_or(r.credit_id <> d.attempt_id) AS is_elsewhere
    FROM receivables_allocation r
    WHERE r.business_id = d.business_id AND r.chargeback_id = d.id
  ) t
  WHERE d.business_id = %(business_id)s::uuid AND t.amount IS NOT NULL
    AND (t.is_elsewhere OR d.state NOT IN ('lost', 'won')
      OR d.state = 'lost' AND -t.amount > d.taken_minor)
) v LIMIT %(limit)s::int
