-- Planned payments with their invoices and what they are paid by, by the filter WHICH.
-- row: counterfoil.domain.arrangements.rows.ScheduleRow
SELECT s.id, s.customer_id, s.method_id, s.mandate_id, s.state, s.currency, s.pay_date, s.timezone,
  s.payer, s.locale, s.created_at, s.created_by, s.told_at, s.attempt_id, s.end_reason, s.ended_at,
  s.charged_at, s.runs_at, s.tries,
  coalesce(m.kind, 'bank_debit') AS kind, coalesce(m.brand, d.scheme, '') AS brand,
  coalesce(m.last4, d.last4, '') AS last4, m.exp_month, m.exp_year,
  CASE WHEN s.method_id IS NOT NULL THEN m.removed_at IS NULL ELSE d.state = 'active' END
    AS is_method_there,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('invoice', p.invoice_id, 'number', o.number,
      'due_date', o.due_date, 'amount', p.amount_minor,
      'due', CASE WHEN o.is_void THEN 0
        ELSE o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor END)
      ORDER BY o.number)
    FROM arrangements_schedulepart p
    JOIN receivables_openitem o ON o.business_id = p.business_id AND o.id = p.invoice_id
    WHERE p.business_id = s.business_id AND p.schedule_id = s.id
  ), '[]'::jsonb) AS parts
FROM arrangements_scheduledpayment s
LEFT JOIN payments_method m ON m.business_id = s.business_id AND m.id = s.method_id
LEFT JOIN payments_mandate d ON d.business_id = s.business_id AND d.id = s.mandate_id
WHERE s.business_id = %(business_id)s::uuid {WHICH}
