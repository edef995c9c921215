-- A page of payments, newest first, with the invoices each is for.
-- row: counterfoil.domain.receivables.rows.PaymentRow
SELECT a.id, a.customer_id, k.name AS customer_name, a.gateway_account_id, a.state, a.currency,
  a.amount_minor, a.payer,
  a.gateway_ref, a.instrument_kind, a.instrument_brand, a.instrument_last4, a.failure_code,
  a.failure_detail, a.step_url, a.step_kind, a.arrived_minor,
  a.created_at, a.submitted_at, a.finished_at, a.checks,
  a.refunding_minor, a.refunded_minor, a.contested_minor, a.charged_back_minor,
  a.method_id, a.surcharge_minor, a.mandate_id, a.settles_date, a.expected_date,
  a.bank_code, t.note,
  t.created_by AS begun_by,
  coalesce((SELECT r.total_minor - r.applied_minor FROM receivables_credit r
            WHERE r.business_id = a.business_id AND r.id = a.id), 0) AS unapplied_minor,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('invoice', c.invoice_id, 'number', o.number,
      'planned', c.amount_minor, 'left', o.total_minor - o.paid_minor - o.credited_minor
        - o.written_off_minor,
      'applied', coalesce((
        SELECT sum(l.amount_minor) FROM receivables_allocation l
        WHERE l.business_id = a.business_id AND l.credit_id = a.id AND l.invoice_id = c.invoice_id
      ), 0)) ORDER BY o.number)
    FROM (
      SELECT h.invoice_id, h.amount_minor FROM receivables_claim h
      WHERE h.business_id = a.business_id AND h.attempt_id = a.id
      UNION ALL
      SELECT DISTINCT l.invoice_id, 0 FROM receivables_allocation l
      WHERE l.business_id = a.business_id AND l.credit_id = a.id AND NOT EXISTS (
        SELECT FROM receivables_claim h WHERE h.business_id = l.business_id
          AND h.attempt_id = a.id AND h.invoice_id = l.invoice_id)
    ) c
    JOIN receivables_openitem o ON o.business_id = a.business_id AND o.id = c.invoice_id
  ), '[]'::jsonb) AS parts,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('id', d.id, 'state', d.state, 'amount', d.amount_minor,
      'currency', d.currency, 'fee', d.fee_minor, 'reason', d.reason_code,
      'opened_at', d.opened_at, 'due_at', d.evidence_due_at, 'decided_at', d.decided_at)
      ORDER BY d.id)
    FROM payments_chargeback d WHERE d.business_id = a.business_id AND d.attempt_id = a.id
  ), '[]'::jsonb) AS chargebacks,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('url', f.claim_url, 'amount', f.amount_minor) ORDER BY f.id)
    FROM payments_refund f WHERE f.business_id = a.business_id AND f.attempt_id = a.id
      AND f.state = 'pending' AND f.claim_url <> ''
  ), '[]'::jsonb) AS to_fetch
FROM payments_attempt a
JOIN customers_customer k ON k.business_id = a.business_id AND k.id = a.customer_id
JOIN payments_intent t ON t.business_id = a.business_id AND t.id = a.intent_id
WHERE a.business_id = %(business_id)s::uuid {WHICH} {SEARCH} {AFTER}
ORDER BY a.id DESC LIMIT %(limit)s::int
