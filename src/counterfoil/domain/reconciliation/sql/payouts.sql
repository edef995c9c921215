-- Payouts with what nobody can explain of them and the bank line each became.
-- row: counterfoil.domain.reconciliation.payout_rows.PayoutRow
SELECT p.id, p.gateway_account_id, g.name AS gateway_name, p.gateway_ref, p.state, p.currency,
  p.amount_minor, p.fee_minor, p.difference_minor,
  (p.difference_minor + coalesce(s.suspense_minor, 0))::bigint AS suspense_minor,
  coalesce(s.line_count, 0)::int AS line_count, p.descriptor, p.arrival_date, p.made_at, p.read_at,
  p.arrived_at, p.failure,
  (SELECT b.id FROM reconciliation_bankline b
   WHERE b.business_id = p.business_id AND b.payout_id = p.id) AS bank_line_id
FROM reconciliation_payout p
JOIN payments_gatewayaccount g ON g.business_id = p.business_id AND g.id = p.gateway_account_id
LEFT JOIN LATERAL (
  SELECT sum(l.suspense_minor) AS suspense_minor, count(*) AS line_count
  FROM reconciliation_payoutline l WHERE l.business_id = p.business_id AND l.payout_id = p.id
) s ON true
WHERE p.business_id = %(business_id)s::uuid {WHICH}
