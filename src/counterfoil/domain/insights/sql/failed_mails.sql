-- Mails that failed and that no later mail of the same kind made good, oldest first.
-- row: counterfoil.domain.insights.work_rows.FailedMail
SELECT m.id, m.template, m.about_kind, m.about_id, m.customer_id, k.name AS customer_name,
  m.recipient, m.problem, m.created_at
FROM notifications_message m
JOIN customers_customer k ON k.business_id = m.business_id AND k.id = m.customer_id
WHERE m.business_id = %(business_id)s::uuid AND NOT (m.state = 'sent') AND m.state = 'failed'
  AND NOT EXISTS (
    SELECT 1 FROM notifications_message n
    WHERE n.business_id = m.business_id AND n.about_kind = m.about_kind
      AND n.about_id = m.about_id AND n.template = m.template AND n.state = 'sent'
      AND n.created_at > m.created_at)
ORDER BY m.created_at, m.id LIMIT %(limit)s::int
