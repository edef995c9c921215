-- The gateway accounts of the business, and when each was heard of last.
-- row: counterfoil.domain.insights.story_rows.GatewayAccountRow
SELECT g.id, g.kind, g.name, g.is_active, g.created_at,
  (SELECT e.received_at FROM payments_gatewayevent e
   WHERE e.business_id = g.business_id AND e.gateway_account_id = g.id
   ORDER BY e.id DESC LIMIT 1) AS last_event_at
FROM payments_gatewayaccount g
WHERE g.business_id = %(business_id)s::uuid
ORDER BY g.id DESC
