-- Refunds that failed or came back and that nobody has looked at, then those without an outcome
-- for longer than they should be, and transfers that the business is to send.
-- row: counterfoil.domain.insights.work_rows.StuckRefund
SELECT r.id, r.attempt_id, k.name AS customer_name, r.state, r.currency, r.amount_minor,
  r.failure_code, r.failure_detail, r.method, r.checks,
  coalesce(r.finished_at, r.created_at) AS since
FROM payments_refund r
JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.attempt_id
JOIN customers_customer k ON k.business_id = a.business_id AND k.id = a.customer_id
WHERE r.business_id = %(business_id)s::uuid {SEGMENT}
  AND (r.state IN ('failed', 'returned') AND r.looked_at IS NULL
    OR r.state = 'pending' AND r.method <> ''
    OR r.next_check_at IS NOT NULL AND (r.state = 'unknown'
      OR r.state IN ('created', 'submitted') AND r.created_at < %(submitted_before)s::timestamptz
      OR r.state = 'pending' AND r.created_at < %(processing_before)s::timestamptz))
ORDER BY r.finished_at IS NULL, r.id LIMIT %(limit)s::int
