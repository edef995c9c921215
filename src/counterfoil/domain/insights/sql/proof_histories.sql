-- Each stored state was reached by legal moves only: numbered from 1, each from where the last one
-- led, and the last one leads to the present state, or out of the table where it was deleted.
-- `moves` are `machine source target`.
-- row: counterfoil.domain.insights.rows.Violation
WITH step AS (
  SELECT t.machine, t.object_id, t.seq, t.from_state, t.to_state,
    row_number() OVER w AS place, coalesce(lag(t.to_state) OVER w, '') AS before,
    lead(t.seq) OVER w IS NULL AS is_last
  FROM infra_transition t WHERE t.business_id = %(business_id)s::uuid
  WINDOW w AS (PARTITION BY t.machine, t.object_id ORDER BY t.seq)
), stored AS (
  SELECT 'invoice' AS machine, i.id, i.state FROM billing_invoice i
  WHERE i.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'gateway_account', g.id, CASE WHEN g.is_active THEN 'active' ELSE 'paused' END
  FROM payments_gatewayaccount g
  WHERE g.business_id = %(business_id)s::uuid AND g.kind NOT IN ('bank', 'offline')
  UNION ALL
  SELECT 'attempt', a.id, a.state FROM payments_attempt a
  WHERE a.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'refund', r.id, r.state FROM payments_refund r
  WHERE r.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'mandate', g.id, g.state FROM payments_mandate g
  WHERE g.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'chargeback', d.id, d.state FROM payments_chargeback d
  WHERE d.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'scheduled_payment', s.id, s.state FROM arrangements_scheduledpayment s
  WHERE s.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'approval', w.id, w.state FROM approvals_approval w
  WHERE w.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'payout', p.id, p.state FROM reconciliation_payout p
  WHERE p.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'message', m.id, m.state FROM notifications_message m
  WHERE m.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT 'bank_line', l.id, l.state FROM reconciliation_bankline l
  WHERE l.business_id = %(business_id)s::uuid
)
SELECT v.subject, v.found FROM (
  SELECT format('%%s %%s, change %%s', s.machine, s.object_id, s.seq) AS subject,
    format('from %%s to %%s after %%s', s.from_state, s.to_state, s.before) AS found
  FROM step s
  WHERE s.seq <> s.place OR s.from_state <> s.before
    OR s.machine || ' ' || s.from_state || ' ' || s.to_state <> ALL(%(moves)s::text[])
  UNION ALL
  SELECT format('%%s %%s', coalesce(s.machine, h.machine), coalesce(s.id, h.object_id)),
    format('is %%s, its history ends with %%s', coalesce(s.state, 'gone'),
           coalesce(h.to_state, 'nothing'))
  FROM stored s
  FULL JOIN (SELECT * FROM step WHERE is_last) h ON h.machine = s.machine AND h.object_id = s.id
  WHERE s.state IS DISTINCT FROM h.to_state AND NOT (s.id IS NULL AND h.to_state = 'deleted')
) v LIMIT %(limit)s::int
