-- What happened to some things, to everything of a customer, or by some people: the newest first.
-- row: counterfoil.domain.insights.story_rows.TimelineRow
WITH named AS (
  SELECT n.machine, n.id
  FROM unnest(%(machines)s::text[], %(ids)s::uuid[]) AS n(machine, id)
  UNION ALL
  SELECT 'approval', p.id FROM approvals_approval p
  WHERE p.business_id = %(business_id)s::uuid AND p.about_id = ANY(%(ids)s::uuid[])
    AND p.about_kind || ':' || p.about_id = ANY(%(subjects)s::text[])
), about AS (
  SELECT machine, id, true AS is_named FROM named
  UNION ALL
  SELECT o.machine, o.id, false FROM (
    SELECT 'customer' AS machine, %(customer_id)s::uuid AS id
    UNION ALL SELECT 'contact', id FROM customers_contact
      WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'invoice', id FROM billing_invoice
      WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'attempt', id FROM payments_attempt
      WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'refund', r.id FROM payments_attempt a
      JOIN payments_refund r ON r.business_id = a.business_id AND r.attempt_id = a.id
      WHERE a.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'chargeback', k.id FROM payments_attempt a
      JOIN payments_chargeback k ON k.business_id = a.business_id AND k.attempt_id = a.id
      WHERE a.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'mandate', id FROM payments_mandate
      WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'method', id FROM payments_method
      WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'scheduled_payment', id FROM arrangements_scheduledpayment
      WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'approval', id FROM approvals_approval
      WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
    UNION ALL SELECT 'link', id FROM identity_guestlink
      WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
  ) o
  WHERE %(customer_id)s::uuid IS NOT NULL AND o.id NOT IN (SELECT id FROM named)
), noted AS (
  (SELECT n.id, n.at, n.kind, n.subject, n.actor, n.origin
   FROM (
     SELECT subject FROM unnest(%(subjects)s::text[]) s(subject)
     UNION
     SELECT CASE machine WHEN 'attempt' THEN 'payment' ELSE machine END || ':' || id FROM about
     WHERE NOT %(is_person)s::bool
   ) w CROSS JOIN LATERAL (
     SELECT * FROM audit_note
     WHERE business_id = %(business_id)s::uuid AND subject = w.subject
     ORDER BY id DESC LIMIT %(most)s::int) n)
  UNION
  (SELECT n.id, n.at, n.kind, n.subject, n.actor, n.origin
   FROM unnest(%(actors)s::text[]) w(actor) CROSS JOIN LATERAL (
     SELECT * FROM audit_note
     WHERE business_id = %(business_id)s::uuid AND actor = w.actor
     ORDER BY id DESC LIMIT %(most)s::int) n)
  UNION
  (SELECT id, at, kind, subject, actor, origin FROM audit_note
   WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
     AND NOT %(is_person)s::bool
   ORDER BY id DESC LIMIT %(most)s::int)
), credited AS (
  SELECT id FROM billing_creditnote
  WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
    AND NOT %(is_person)s::bool
  UNION
  SELECT c.id FROM named n
  JOIN billing_creditnote c ON c.business_id = %(business_id)s::uuid AND c.invoice_id = n.id
  WHERE n.machine = 'invoice' AND NOT %(is_person)s::bool
), found AS (
  (SELECT t.id, t.at, 'step' AS sort, t.machine AS what, t.to_state AS became, t.actor,
     '' AS origin, t.reason, t.object_id, '' AS called, ARRAY[]::text[] AS changed,
     '{}'::jsonb AS before, '{}'::jsonb AS after
   FROM about a
   JOIN infra_transition t ON t.business_id = %(business_id)s::uuid AND t.machine = a.machine
     AND t.object_id = a.id
   WHERE a.is_named OR NOT %(is_person)s::bool OR t.actor = ANY(%(actors)s::text[])
   ORDER BY t.at DESC LIMIT %(most)s::int)
  UNION ALL
  (SELECT t.id, t.at, 'step', t.machine, t.to_state, t.actor, '', t.reason, t.object_id, '',
     '{}', '{}', '{}'
   FROM infra_transition t
   WHERE t.business_id = %(business_id)s::uuid AND %(customer_id)s::uuid IS NULL
     AND t.actor = ANY(%(actors)s::text[]) AND t.actor LIKE 'staff:%%' AND t.machine <> 'message'
   ORDER BY t.at DESC LIMIT %(most)s::int)
  UNION ALL
  (SELECT r.id, r.at, 'change', r.source, r.verb, r.actor, r.origin, '', r.object_id,
     coalesce(v.called, ''), r.changed::text[], coalesce(v.before, '{}'), coalesce(v.after, '{}')
   FROM about a
   JOIN audit_record r ON r.business_id = %(business_id)s::uuid AND r.object_id = a.id
   LEFT JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id
   WHERE a.is_named OR NOT %(is_person)s::bool OR r.actor = ANY(%(actors)s::text[])
   ORDER BY r.at DESC LIMIT %(most)s::int)
  UNION ALL
  (SELECT r.id, r.at, 'change', r.source, r.verb, r.actor, r.origin, '', r.object_id,
     coalesce(v.called, ''), r.changed::text[], coalesce(v.before, '{}'), coalesce(v.after, '{}')
   FROM audit_record r
   LEFT JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id
   WHERE r.business_id = %(business_id)s::uuid AND %(customer_id)s::uuid IS NULL
     AND r.actor = ANY(%(actors)s::text[])
     AND NOT coalesce(r.object_id = ANY(%(ids)s::uuid[]), false)
   ORDER BY r.at DESC LIMIT %(most)s::int)
  UNION ALL
  (SELECT n.id, n.at, 'note', n.kind, n.subject, n.actor, n.origin, '', n.id, '', '{}', '{}',
     coalesce(v.after, '{}')
   FROM (SELECT * FROM noted ORDER BY at DESC LIMIT %(most)s::int) n
   LEFT JOIN audit_recordvalues v ON v.business_id = %(business_id)s::uuid AND v.id = n.id)
  UNION ALL
  (SELECT m.id, coalesce(m.sent_at, m.created_at), 'mail', m.template, m.state, 'system', '',
     m.problem, m.about_id, m.recipient, '{}', '{}', '{}'
   FROM about a
   JOIN notifications_message m ON m.business_id = %(business_id)s::uuid AND m.about_id = a.id
     AND m.about_kind = CASE a.machine WHEN 'attempt' THEN 'payment' ELSE a.machine END
   WHERE NOT %(is_person)s::bool OR lower(m.recipient) = %(email)s::text
   ORDER BY m.created_at DESC LIMIT %(most)s::int)
  UNION ALL
  (SELECT c.id, c.issued_at, 'credit_note', c.number, '', c.issued_by, '', c.reason, c.id, '',
     '{}', '{}', '{}'
   FROM credited d
   JOIN billing_creditnote c ON c.business_id = %(business_id)s::uuid AND c.id = d.id
   ORDER BY c.issued_at DESC LIMIT %(most)s::int)
), shown AS (
  SELECT f.* FROM found f
  WHERE %(before_id)s::uuid IS NULL OR (f.at, f.id) < (
    SELECT b.at, b.id FROM found b WHERE b.id = %(before_id)s::uuid)
  ORDER BY f.at DESC, f.id DESC LIMIT %(limit)s::int
)
SELECT s.id, s.at, s.sort, s.what, s.became, s.actor, s.origin,
  CASE WHEN s.became = 'requested' THEN coalesce(p.reason, s.reason)
    WHEN s.became IN ('approved', 'refused') THEN coalesce(nullif(p.note, ''), s.reason)
    WHEN s.what = 'refund' AND s.became = 'created' AND r.form_key LIKE 'approval:%%' THEN ''
    ELSE s.reason END AS reason,
  s.object_id, coalesce(p.act, s.called) AS called, s.changed, s.before, s.after,
  coalesce(v.boxes, '{}') AS boxes,
  coalesce(i.number, c.number, '') AS number,
  coalesce(a.amount_minor, r.amount_minor, k.amount_minor, c.total_minor, p.amount_minor, 0)
    AS amount_minor,
  coalesce(a.currency, r.currency, k.currency, c.currency, p.currency, '') AS currency,
  r.attempt_id AS payment_id, coalesce(a.instrument_kind, '') AS instrument_kind
FROM shown s
LEFT JOIN billing_invoice i ON i.business_id = %(business_id)s::uuid AND i.id = s.object_id
LEFT JOIN payments_attempt a ON a.business_id = %(business_id)s::uuid AND a.id = s.object_id
LEFT JOIN payments_refund r ON r.business_id = %(business_id)s::uuid AND r.id = s.object_id
LEFT JOIN payments_chargeback k ON k.business_id = %(business_id)s::uuid AND k.id = s.object_id
LEFT JOIN billing_creditnote c ON c.business_id = %(business_id)s::uuid AND c.id = s.object_id
LEFT JOIN audit_recordvalues v ON v.business_id = %(business_id)s::uuid AND v.id = s.id
  AND s.sort = 'change'
LEFT JOIN approvals_approval p ON p.business_id = %(business_id)s::uuid AND p.id = s.object_id
ORDER BY s.at DESC, s.id DESC
