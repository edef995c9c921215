-- Chargebacks with whose payment they are of, by whatever is asked for.
-- row: counterfoil.domain.payments.rows.ChargebackRow
SELECT d.id, d.attempt_id, a.customer_id, a.gateway_account_id, d.state, d.gateway_ref, d.currency,
  d.amount_minor, d.fee_minor, d.held_minor, d.taken_minor, a.currency AS payment_currency,
  d.reason_code, d.problem, d.opened_at, d.evidence_due_at, d.evidence_text, d.evidence_by,
  d.evidence_sent_at, d.decided_at, d.looked_at
FROM payments_chargeback d
JOIN payments_attempt a ON a.business_id = d.business_id AND a.id = d.attempt_id
WHERE d.business_id = %(business_id)s::uuid {WHICH}
