-- Refunds, by whatever is asked for.
-- row: counterfoil.domain.payments.rows.RefundRow
SELECT r.id, r.attempt_id, a.customer_id, a.gateway_account_id, r.state, r.currency,
  r.amount_minor, r.reason, r.is_ours, r.gateway_ref, r.failure_code, r.failure_detail,
  r.claim_url, r.method, r.transfer_ref, r.unsent_times, r.created_at, r.created_by,
  r.submitted_at, r.finished_at, r.looked_at, r.checks, r.next_check_at
FROM payments_refund r
JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.attempt_id
WHERE r.business_id = %(business_id)s::uuid {WHICH}
