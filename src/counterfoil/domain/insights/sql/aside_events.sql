-- Gateway events that nothing has acted on in all the time their jobs had, then those that concern
-- no payment of ours and that nobody has looked at; oldest first.
-- row: counterfoil.domain.insights.work_rows.AsideEvent
SELECT e.id, g.name AS account_name, e.ref, e.kind, e.received_at,
  e.handled_at IS NULL AS is_waiting
FROM payments_gatewayevent e
JOIN payments_gatewayaccount g ON g.business_id = e.business_id AND g.id = e.gateway_account_id
WHERE e.business_id = %(business_id)s::uuid
  AND (e.remark LIKE 'unplaced%%'
    OR e.handled_at IS NULL AND e.received_at < %(event_before)s::timestamptz)
ORDER BY is_waiting DESC, e.received_at, e.id LIMIT %(limit)s::int
