-- The gateway events that moved a payment or its refunds, found by the actor of their moves.
-- row: counterfoil.domain.insights.story_rows.PlacedEvent
SELECT DISTINCT e.id, e.ref, e.kind, e.received_at
FROM infra_transition t
JOIN payments_attempt a ON a.business_id = t.business_id AND a.id = %(attempt_id)s::uuid
JOIN payments_gatewayevent e ON e.business_id = t.business_id
  AND e.gateway_account_id = a.gateway_account_id AND e.ref = substr(t.actor, 9)
WHERE t.business_id = %(business_id)s::uuid AND t.actor LIKE 'gateway:%%'
  AND (t.machine = 'attempt' AND t.object_id = %(attempt_id)s::uuid
    OR t.machine = 'refund' AND t.object_id = ANY(%(refund_ids)s::uuid[]))
ORDER BY e.received_at, e.id
