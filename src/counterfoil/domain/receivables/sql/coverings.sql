-- What payments still cover, allocation by allocation, the newest first.
-- row: counterfoil.domain.receivables.giving_back.Covering
SELECT l.id AS allocation_id, l.credit_id, l.invoice_id, o.number,
  (l.amount_minor + coalesce(t.amount_minor, 0))::bigint AS amount_minor
FROM receivables_allocation l
JOIN receivables_openitem o ON o.business_id = l.business_id AND o.id = l.invoice_id
LEFT JOIN LATERAL (
  SELECT sum(r.amount_minor) AS amount_minor FROM receivables_allocation r
  WHERE r.business_id = l.business_id AND r.credit_id = l.credit_id AND r.reverses_id = l.id
) t ON true
WHERE l.business_id = %(business_id)s::uuid AND l.credit_id = ANY(%(credit_ids)s::uuid[])
  AND l.reverses_id IS NULL AND l.amount_minor + coalesce(t.amount_minor, 0) > 0
ORDER BY l.at DESC, l.id DESC
