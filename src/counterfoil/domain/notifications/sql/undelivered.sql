-- Messages that did not arrive: given up, or tried in vain so far; newest first.
-- row: counterfoil.domain.notifications.rows.MessageRow
SELECT m.id, m.template, m.about_kind, m.about_id, m.customer_id, m.recipient, m.locale, m.subject,
  m.state, m.tries, m.problem, m.created_at, m.sent_at
FROM notifications_message m
WHERE m.business_id = %(business_id)s::uuid AND m.state <> 'sent'
  AND (m.state = 'failed' OR m.state = 'queued' AND m.problem <> '')
  AND (%(before)s::uuid IS NULL OR m.id < %(before)s::uuid)
ORDER BY m.id DESC LIMIT %(limit)s::int
