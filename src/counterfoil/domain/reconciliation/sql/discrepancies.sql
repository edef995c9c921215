-- What gateways' own lists say differently from our books.
-- row: counterfoil.domain.reconciliation.discrepancies.DiscrepancyRow
SELECT d.id, d.gateway_account_id, g.name AS gateway_name, d.kind, d.ref, d.reference, d.charge,
  d.currency, d.amount_minor, d.theirs, d.ours, d.instrument_kind,
  d.instrument_brand, d.instrument_last4, d.attempt_id, d.occurred_at, d.found_at,
  d.closed_at, d.closed_by, d.remark
FROM reconciliation_discrepancy d
JOIN payments_gatewayaccount g ON g.business_id = d.business_id AND g.id = d.gateway_account_id
WHERE d.business_id = %(business_id)s::uuid {WHICH}
