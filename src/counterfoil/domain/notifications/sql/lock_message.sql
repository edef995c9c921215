-- A message under lock, with what its history says of the try that may be running.
-- row: counterfoil.domain.notifications.rows.LockedMessage
SELECT m.id, m.state, m.tries, m.created_at,
  (SELECT max(t.at) FROM infra_transition t
   WHERE t.business_id = m.business_id AND t.machine = 'message'
     AND t.object_id = m.id) AS moved_at,
  EXISTS (SELECT FROM infra_transition t
          WHERE t.business_id = m.business_id AND t.machine = 'message' AND t.object_id = m.id
            AND t.from_state = 'sending' AND t.to_state = 'sending') AS was_taken_over
FROM notifications_message m
WHERE m.business_id = %(business_id)s::uuid AND m.id = %(id)s::uuid
FOR UPDATE OF m
