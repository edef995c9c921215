-- The newest mails to one customer, found by what they are about (those have an index).
-- row: counterfoil.domain.notifications.rows.MessageRow
SELECT m.id, m.template, m.about_kind, m.about_id, m.customer_id, m.recipient, m.locale,
  m.subject, m.state, m.tries, m.problem, m.created_at, m.sent_at
FROM notifications_message m
JOIN (
  (SELECT 'invoice' AS kind, i.id FROM billing_invoice i
   WHERE i.business_id = %(business_id)s::uuid AND i.customer_id = %(customer_id)s::uuid
     AND i.state <> 'draft'
   ORDER BY i.issue_date DESC, i.id DESC LIMIT 100)
  UNION ALL
  (SELECT 'payment', a.id FROM payments_attempt a
   WHERE a.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid
   ORDER BY a.id DESC LIMIT 100)
  UNION ALL
  SELECT 'customer', %(customer_id)s::uuid
) about ON about.kind = m.about_kind AND about.id = m.about_id
WHERE m.business_id = %(business_id)s::uuid
ORDER BY m.id DESC LIMIT %(limit)s::int
