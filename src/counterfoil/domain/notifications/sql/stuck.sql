-- Messages that no job is moving any more: sending for too long, or queued for too long.
-- row: counterfoil.domain.notifications.queries.Stuck
SELECT m.id
FROM notifications_message m
CROSS JOIN LATERAL (
  SELECT max(t.at) AS at FROM infra_transition t
  WHERE t.business_id = m.business_id AND t.machine = 'message' AND t.object_id = m.id
) moved
WHERE m.business_id = %(business_id)s::uuid AND m.state <> 'sent'
  AND (m.state = 'sending' AND moved.at < %(sending_before)s::timestamptz
       OR m.state = 'queued' AND moved.at < %(queued_before)s::timestamptz)
ORDER BY m.created_at, m.id LIMIT %(limit)s::int
