-- How many things need a person, by the same rules as the lists of the work list.
-- row: counterfoil.domain.insights.work_rows.WorkCount
SELECT
  (SELECT count(*)::int FROM payments_attempt a
   WHERE a.business_id = %(business_id)s::uuid AND (a.next_check_at IS NOT NULL
     AND (a.state = 'unknown'
       OR (a.state IN ('created', 'submitted')
           AND a.created_at < %(submitted_before)s::timestamptz)
       OR (a.state = 'action_required' AND a.created_at < %(action_before)s::timestamptz)
       OR (a.state = 'processing' AND a.created_at < %(processing_before)s::timestamptz))
     OR a.state = 'returned' AND a.finished_at > %(returned_after)s::timestamptz AND EXISTS (
         SELECT FROM receivables_claim c
         JOIN receivables_openitem o ON o.business_id = c.business_id AND o.id = c.invoice_id
         WHERE c.business_id = a.business_id AND c.attempt_id = a.id AND o.is_open
           AND NOT EXISTS (SELECT FROM receivables_claim h WHERE h.business_id = o.business_id
                           AND h.invoice_id = o.id AND h.freed_at IS NULL)))
  ) AS payments,
  (SELECT count(*)::int FROM payments_refund r
   WHERE r.business_id = %(business_id)s::uuid
     AND (r.state IN ('failed', 'returned') AND r.looked_at IS NULL
       OR r.state = 'pending' AND r.method <> ''
       OR r.next_check_at IS NOT NULL AND (r.state = 'unknown'
         OR r.state IN ('created', 'submitted')
           AND r.created_at < %(submitted_before)s::timestamptz
         OR r.state = 'pending' AND r.created_at < %(processing_before)s::timestamptz))
  ) AS refunds,
  (SELECT count(*)::int FROM payments_chargeback d
   WHERE d.business_id = %(business_id)s::uuid
     AND (d.state = 'open' AND d.evidence_sent_at IS NULL
       OR d.looked_at IS NULL AND (d.state = 'lost' OR d.problem <> ''))
  ) AS chargebacks,
  (SELECT count(*)::int FROM reconciliation_discrepancy d
   WHERE d.business_id = %(business_id)s::uuid AND d.closed_at IS NULL)
  + (SELECT count(*)::int FROM reconciliation_payout p
     WHERE p.business_id = %(business_id)s::uuid
       AND p.difference_minor + coalesce((
         SELECT sum(l.suspense_minor) FROM reconciliation_payoutline l
         WHERE l.business_id = p.business_id AND l.payout_id = p.id), 0) <> 0)
  + (SELECT count(*)::int FROM reconciliation_cursor c
     JOIN payments_gatewayaccount g ON g.business_id = c.business_id AND g.id = c.id
     WHERE c.business_id = %(business_id)s::uuid AND g.is_active
       AND c.compared_at < %(compared_before)s::timestamptz) AS differences,
  (SELECT count(*)::int FROM payments_gatewayevent e
   WHERE e.business_id = %(business_id)s::uuid
     AND (e.remark LIKE 'unplaced%%'
       OR e.handled_at IS NULL AND e.received_at < %(event_before)s::timestamptz)) AS events,
  (SELECT count(*)::int FROM notifications_message m
   WHERE m.business_id = %(business_id)s::uuid AND NOT (m.state = 'sent') AND m.state = 'failed'
     AND NOT EXISTS (
       SELECT 1 FROM notifications_message n
       WHERE n.business_id = m.business_id AND n.about_kind = m.about_kind
         AND n.about_id = m.about_id AND n.template = m.template AND n.state = 'sent'
         AND n.created_at > m.created_at)) AS mails,
  (SELECT count(*)::int FROM receivables_openitem o
   WHERE o.business_id = %(business_id)s::uuid AND o.is_open
     AND o.due_date < %(due_before)s::date
     AND NOT EXISTS (SELECT 1 FROM receivables_claim c
                     WHERE c.business_id = o.business_id AND c.invoice_id = o.id
                       AND c.freed_at IS NULL)) AS late,
  (SELECT count(*)::int FROM (
     SELECT DISTINCT c.customer_id, c.currency FROM receivables_credit c
     LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.id
     WHERE c.business_id = %(business_id)s::uuid
       AND c.applied_minor + coalesce(a.refunding_minor, 0) < c.total_minor) r
   WHERE EXISTS (SELECT 1 FROM receivables_openitem i
                 WHERE i.business_id = %(business_id)s::uuid AND i.customer_id = r.customer_id
                   AND i.currency = r.currency AND i.is_open)) AS credits,
  (SELECT count(*)::int FROM reconciliation_bankline l
   WHERE l.business_id = %(business_id)s::uuid AND l.state = 'waiting') AS bank_lines,
  (SELECT count(*)::int FROM approvals_approval p
   WHERE p.business_id = %(business_id)s::uuid AND p.state IN ('requested', 'approved')
     AND p.state = 'requested') AS approvals,
  (SELECT count(*)::int FROM notifications_alarm l
   WHERE l.business_id = %(business_id)s::uuid AND l.looked_at IS NULL) AS alarms,
  (SELECT count(*)::int FROM customers_registration g
   WHERE g.business_id = %(business_id)s::uuid AND g.decided_at IS NULL) AS registrations,
  (SELECT count(*)::int FROM privacy_erasure e
   WHERE e.business_id = %(business_id)s::uuid AND e.erased_at IS NULL
     AND e.declined_at IS NULL) AS erasures
