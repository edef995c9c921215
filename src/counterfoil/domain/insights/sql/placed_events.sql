-- The gateway events that moved a payment, found by the actor of its moves.
-- row: counterfoil.domain.insights.story_rows.PlacedEvent
SELECT e.id, e.ref, e.kind, e.remark, e.received_at, e.handled_at
FROM infra_transition t
JOIN payments_attempt a ON a.business_id = t.business_id AND a.id = t.object_id
JOIN payments_gatewayevent e ON e.business_id = t.business_id
  AND e.gateway_account_id = a.gateway_account_id AND e.ref = substr(t.actor, 9)
WHERE t.business_id = %(business_id)s::uuid AND t.machine = 'attempt'
  AND t.object_id = %(attempt_id)s::uuid AND t.actor LIKE 'gateway:%%'
ORDER BY e.received_at, e.id
