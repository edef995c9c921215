-- One issued invoice with what its page needs of it: the debt, the document, its first lines, its
-- tax by rate, who is paying it with which attempt, and the links that open it.
-- row: counterfoil.domain.insights.invoices.InvoiceFacts
SELECT o.id, o.customer_id, o.number, o.external_ref, o.currency, o.issue_date, o.due_date,
  o.total_minor, o.paid_minor, o.credited_minor, o.written_off_minor, o.is_void,
  o.settled_at, a.state AS attempt_state,
  i.id, i.customer_id, i.state, i.number, i.currency, i.issue_date, i.due_date, i.terms_days,
  i.issued_at, i.voided_at, i.created_at, i.discount_percent, i.subtotal_minor, i.discount_minor,
  i.tax_minor, i.total_minor, i.line_count, i.notes, i.external_ref,
  i.party AS sealed_party,
  c.invoice_id, c.attempt_id, c.amount_minor, c.taken_at, c.taken_by, c.taken_by_ref,
  a.id, a.intent_id, a.customer_id, a.gateway_account_id, a.state, a.currency, a.amount_minor,
  a.payer, a.locale, a.gateway_ref, a.instrument_kind, a.instrument_brand, a.instrument_last4,
  a.instrument_mark,  a.failure_code, a.failure_detail, a.step_url, a.step_kind, a.arrived_minor,
  a.mandate_id, a.method_id,
  a.settles_date, a.expected_date, a.surcharge_minor, a.bank_code, a.created_at, a.submitted_at,
  a.finished_at,
  a.checks, a.next_check_at,
  (SELECT g.kind FROM payments_gatewayaccount g
   WHERE g.business_id = a.business_id AND g.id = a.gateway_account_id) AS gateway_kind,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(t.rate::text, t.base_minor, t.tax_minor)
                             ORDER BY t.rate), '[]')
   FROM billing_invoicetax t
   WHERE t.business_id = o.business_id AND t.invoice_id = o.id) AS taxes,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(l.id, l.sent_to, l.created_at, l.expires_at)
                             ORDER BY l.id DESC), '[]')
   FROM identity_guestlink l
   WHERE l.business_id = o.business_id AND l.invoice_id = o.id AND l.revoked_at IS NULL) AS links,
  o.creditor_ref, o.qr_ref,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(b.id, b.holder, b.iban, b.number, b.bic, b.bank_name,
                                               b.currency) ORDER BY b.id), '[]')
   FROM business_bankaccount b
   WHERE b.business_id = o.business_id AND b.currency = o.currency AND b.is_active) AS banks,
  (SELECT coalesce(sum(greatest(r.total_minor - r.applied_minor
                                - coalesce(p.refunding_minor, 0), 0)), 0)::bigint
   FROM receivables_credit r
   LEFT JOIN payments_attempt p ON p.business_id = r.business_id AND p.id = r.id
   WHERE r.business_id = o.business_id AND r.customer_id = o.customer_id
     AND r.currency = o.currency AND r.applied_minor < r.total_minor) AS unapplied_minor,
  coalesce((
   SELECT jsonb_build_array(n.finished_at, CASE WHEN n.state IN ('returned', 'failed')
                            THEN n.amount_minor ELSE n.charged_back_minor END, n.failure_code,
                            n.state)
   FROM (SELECT p.state, p.finished_at, h.amount_minor, p.failure_code, p.charged_back_minor,
           p.instrument_kind
         FROM receivables_claim h
         JOIN payments_attempt p ON p.business_id = h.business_id AND p.id = h.attempt_id
         WHERE h.business_id = o.business_id AND h.invoice_id = o.id
         ORDER BY h.id DESC LIMIT 1) n
   WHERE n.state = 'returned' OR n.charged_back_minor > 0
     OR n.state = 'failed' AND n.instrument_kind = 'bank_debit' AND n.failure_code <> 'abandoned'
   ), '[]'::jsonb) AS came_back,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(l.id, l.position, l.description, l.quantity::text,
     l.unit_price::text, l.discount_percent::text, l.tax_rate::text, l.net_minor)
     ORDER BY l.position), '[]')
   FROM (SELECT * FROM billing_invoiceline m WHERE m.business_id = o.business_id
         AND m.invoice_id = o.id ORDER BY m.position LIMIT %(lines_max)s::int) l) AS drawn
FROM receivables_openitem o
JOIN billing_invoice i ON i.business_id = o.business_id AND i.id = o.id
LEFT JOIN receivables_claim c ON c.business_id = o.business_id AND c.invoice_id = o.id
  AND c.freed_at IS NULL
LEFT JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
WHERE o.business_id = %(business_id)s::uuid {WHICH}
