-- The messages about some things, in the order in which they were written.
-- row: counterfoil.domain.notifications.rows.MessageRow
SELECT m.id, m.template, m.about_kind, m.about_id, m.customer_id, m.recipient, m.locale, m.subject,
  m.state, m.tries, m.problem, m.created_at, m.sent_at
FROM notifications_message m
WHERE m.business_id = %(business_id)s::uuid AND m.about_kind = %(about_kind)s::text
  AND m.about_id = ANY(%(about_ids)s::uuid[])
ORDER BY m.created_at, m.id
