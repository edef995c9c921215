-- Gateway events that concern no payment of ours and that nobody has looked at, oldest first.
-- row: counterfoil.domain.insights.work_rows.AsideEvent
SELECT e.id, g.name AS account_name, e.ref, e.kind, e.remark, e.received_at
FROM payments_gatewayevent e
JOIN payments_gatewayaccount g ON g.business_id = e.business_id AND g.id = e.gateway_account_id
WHERE e.business_id = %(business_id)s::uuid AND e.remark LIKE 'unplaced%%'
ORDER BY e.received_at, e.id LIMIT %(limit)s::int
