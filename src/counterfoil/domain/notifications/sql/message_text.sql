-- One message with its words.
-- row: counterfoil.domain.notifications.rows.MessageText
SELECT m.id, m.cause, m.template, m.about_kind, m.about_id, m.customer_id, m.recipient,
  m.locale, m.subject, m.state, m.tries, m.problem, m.created_at, m.sent_at,
  m.text, m.html, m.message_ref, m.asks_for_money
FROM notifications_message m
WHERE m.business_id = %(business_id)s::uuid AND m.id = %(id)s::uuid
