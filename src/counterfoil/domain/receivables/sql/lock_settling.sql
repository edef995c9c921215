-- Attempts under lock, each with the invoices it means to pay, under lock too, in ascending order.
-- row: counterfoil.domain.receivables.rows.SettlingRow
WITH held AS (
  SELECT c.attempt_id, c.amount_minor AS planned_minor, o.id, o.customer_id, o.number, o.currency,
    o.due_date, o.total_minor, o.paid_minor, o.credited_minor, o.is_void,
    o.written_off_minor
  FROM receivables_claim c
  JOIN receivables_openitem o ON o.business_id = c.business_id AND o.id = c.invoice_id
  WHERE c.business_id = %(business_id)s::uuid AND c.attempt_id = ANY(%(attempt_ids)s::uuid[])
  ORDER BY o.id FOR UPDATE OF o
), tried AS (
  SELECT a.id, a.intent_id, a.customer_id, a.gateway_account_id, a.state, a.currency,
    a.amount_minor, a.payer, a.locale, a.gateway_ref, a.instrument_kind, a.instrument_brand,
    a.instrument_last4, a.instrument_mark, a.failure_code, a.failure_detail, a.step_url,
    a.step_kind, a.arrived_minor,
    a.mandate_id, a.method_id, a.settles_date, a.expected_date, a.surcharge_minor, a.bank_code,
    a.created_at,
    a.submitted_at, a.finished_at, a.checks, a.next_check_at,
    (SELECT g.kind FROM payments_gatewayaccount g
     WHERE g.business_id = a.business_id AND g.id = a.gateway_account_id) AS gateway_kind
  FROM payments_attempt a
  WHERE a.business_id = %(business_id)s::uuid AND a.id = ANY(%(attempt_ids)s::uuid[])
  ORDER BY a.id FOR UPDATE
)
SELECT t.*, h.id, h.customer_id, h.number, h.currency, h.due_date, h.total_minor, h.paid_minor,
  h.credited_minor, h.is_void, h.written_off_minor, h.planned_minor AS amount_minor
FROM tried t LEFT JOIN held h ON h.attempt_id = t.id
ORDER BY t.id, h.id
