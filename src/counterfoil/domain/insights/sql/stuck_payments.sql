-- Payments without an outcome for longer than they should be, disagreeing amounts first, and debits
-- that came back not long ago, while what they paid is open again.
-- row: counterfoil.domain.insights.work_rows.StuckPayment
SELECT a.id, k.name AS customer_name, a.state, a.currency, a.amount_minor, a.failure_code,
  a.failure_detail, a.checks, a.next_check_at, coalesce(t.at, a.created_at) AS since,
  a.gateway_ref, a.instrument_kind, a.step_kind, a.arrived_minor, a.mandate_id
FROM payments_attempt a
JOIN customers_customer k ON k.business_id = a.business_id AND k.id = a.customer_id
LEFT JOIN LATERAL (
  SELECT h.at FROM infra_transition h
  WHERE h.business_id = a.business_id AND h.machine = 'attempt' AND h.object_id = a.id
  ORDER BY h.seq DESC LIMIT 1
) t ON true
WHERE a.business_id = %(business_id)s::uuid {SEGMENT} AND (a.next_check_at IS NOT NULL
  AND (a.state = 'unknown'
    OR (a.state IN ('created', 'submitted') AND a.created_at < %(submitted_before)s::timestamptz)
    OR (a.state = 'action_required' AND a.created_at < %(action_before)s::timestamptz)
    OR (a.state = 'processing' AND a.created_at < %(processing_before)s::timestamptz))
  OR a.state = 'returned' AND a.finished_at > %(returned_after)s::timestamptz AND EXISTS (
      SELECT FROM receivables_claim c
      JOIN receivables_openitem o ON o.business_id = c.business_id AND o.id = c.invoice_id
      WHERE c.business_id = a.business_id AND c.attempt_id = a.id AND o.is_open
        AND NOT EXISTS (SELECT FROM receivables_claim h WHERE h.business_id = o.business_id
                        AND h.invoice_id = o.id AND h.freed_at IS NULL)))
ORDER BY a.failure_code <> 'amount_mismatch', 10, a.id LIMIT %(limit)s::int
