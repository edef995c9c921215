-- Gateway accounts that were not compared for too long, what the daily comparison found and nobody
-- has dealt with, then payouts of which something is nothing of ours.
-- row: counterfoil.domain.insights.work_rows.WaitingDifference
SELECT v.place, v.id, v.kind, v.gateway_name, v.ref, v.currency, v.amount_minor, v.since FROM (
  SELECT 'difference' AS place, d.id, d.kind, g.name AS gateway_name, d.ref, d.currency,
    d.amount_minor, d.found_at AS since
  FROM reconciliation_discrepancy d
  JOIN payments_gatewayaccount g
    ON g.business_id = d.business_id AND g.id = d.gateway_account_id
  WHERE d.business_id = %(business_id)s::uuid AND d.closed_at IS NULL
  UNION ALL
  SELECT 'account', g.id, '', g.name, '', '', 0::bigint, c.compared_at
  FROM reconciliation_cursor c
  JOIN payments_gatewayaccount g ON g.business_id = c.business_id AND g.id = c.id
  WHERE c.business_id = %(business_id)s::uuid AND g.is_active
    AND c.compared_at < %(compared_before)s::timestamptz
  UNION ALL
  SELECT 'payout', p.id, p.state, g.name, p.descriptor, p.currency,
    (p.difference_minor + coalesce(s.minor, 0))::bigint, p.read_at
  FROM reconciliation_payout p
  JOIN payments_gatewayaccount g
    ON g.business_id = p.business_id AND g.id = p.gateway_account_id
  LEFT JOIN LATERAL (
    SELECT sum(l.suspense_minor) AS minor FROM reconciliation_payoutline l
    WHERE l.business_id = p.business_id AND l.payout_id = p.id
  ) s ON true
  WHERE p.business_id = %(business_id)s::uuid AND p.difference_minor + coalesce(s.minor, 0) <> 0
) v ORDER BY v.place, v.since, v.id LIMIT %(limit)s::int
