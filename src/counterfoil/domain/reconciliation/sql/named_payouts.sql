-- Payouts that are on their way, the one that should be there first before the others.
-- row: counterfoil.domain.reconciliation.payout_rows.NamedPayout
SELECT p.id, p.gateway_account_id, p.descriptor, p.currency, p.amount_minor
FROM reconciliation_payout p
WHERE p.business_id = %(business_id)s::uuid AND p.state IN ('in_transit', 'paid')
ORDER BY p.arrival_date, p.id {LOCK}
