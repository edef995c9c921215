-- What payouts pay, with whose payment each movement is about.
-- row: counterfoil.domain.reconciliation.payout_rows.PayoutLineRow
SELECT l.id, l.gateway_ref, l.kind, l.gross_minor, l.fee_minor, l.net_minor, l.occurred_at,
  l.source, l.charge, l.reference, l.attempt_id, l.refund_id, l.chargeback_id, a.id AS payment_id,
  k.name AS customer_name, l.problem, l.suspense_minor
FROM reconciliation_payoutline l
LEFT JOIN payments_refund r ON r.business_id = l.business_id AND r.id = l.refund_id
LEFT JOIN payments_chargeback d ON d.business_id = l.business_id AND d.id = l.chargeback_id
LEFT JOIN payments_attempt a ON a.business_id = l.business_id
  AND a.id = coalesce(l.attempt_id, r.attempt_id, d.attempt_id)
LEFT JOIN customers_customer k ON k.business_id = a.business_id AND k.id = a.customer_id
WHERE l.business_id = %(business_id)s::uuid {WHICH}
