-- What ran by itself since a moment. `since_id` is the lowest id of that moment, for the key.
-- row: counterfoil.domain.insights.work_rows.Ran
SELECT
  (count(*) FILTER (WHERE e.kind = 'invoice.issued'))::int AS invoices_issued,
  (count(*) FILTER (WHERE e.kind = 'payment.succeeded'))::int AS payments_received,
  (SELECT count(*)::int FROM notifications_message m
   WHERE m.business_id = %(business_id)s::uuid AND m.id >= %(since_id)s::uuid
     AND m.state = 'sent' AND m.sent_at >= %(since)s::timestamptz) AS mails_sent
FROM infra_event e
WHERE e.business_id = %(business_id)s::uuid AND e.id >= %(since_id)s::uuid
  AND e.happened_at >= %(since)s::timestamptz
