-- The mails about some objects of one kind, newest first.
-- row: counterfoil.domain.insights.rows.Mail
SELECT m.id, m.template, m.about_kind, m.about_id, m.recipient, m.subject, m.state, m.tries,
  m.problem, m.created_at, m.sent_at
FROM notifications_message m
WHERE m.business_id = %(business_id)s::uuid AND m.about_kind = %(kind)s::text
  AND m.about_id = ANY(%(ids)s::uuid[])
ORDER BY m.id DESC LIMIT %(limit)s::int
