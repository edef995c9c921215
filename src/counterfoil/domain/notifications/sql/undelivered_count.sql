-- How many messages did not arrive.
-- row: counterfoil.domain.notifications.queries.Count
SELECT count(*) AS count
FROM notifications_message m
WHERE m.business_id = %(business_id)s::uuid AND m.state <> 'sent'
  AND (m.state = 'failed' OR m.state = 'queued' AND m.problem <> '')
