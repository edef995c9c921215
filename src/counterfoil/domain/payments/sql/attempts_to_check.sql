-- Attempts whose time to be asked about has come, so many of each gateway account: a long row of
-- one that does not answer leaves room for the others.
-- row: counterfoil.domain.payments.rows.AttemptRow
SELECT a.id, a.intent_id, a.customer_id, a.gateway_account_id, a.state, a.currency, a.amount_minor,
  a.payer, a.locale, a.gateway_ref, a.instrument_kind, a.instrument_brand, a.instrument_last4,
  a.instrument_mark,  a.failure_code, a.failure_detail, a.step_url, a.step_kind, a.arrived_minor,
  a.mandate_id, a.method_id,
  a.settles_date, a.expected_date, a.surcharge_minor, a.bank_code, a.created_at, a.submitted_at,
  a.finished_at, a.checks, a.next_check_at,
  (SELECT g.kind FROM payments_gatewayaccount g
   WHERE g.business_id = a.business_id AND g.id = a.gateway_account_id) AS gateway_kind
FROM (
  SELECT t.*,
    row_number() OVER (PARTITION BY t.gateway_account_id ORDER BY t.next_check_at, t.id) AS place
  FROM payments_attempt t
  WHERE t.business_id = %(business_id)s::uuid AND t.next_check_at <= %(at)s::timestamptz
) a
WHERE a.place <= %(limit)s::int
ORDER BY a.next_check_at, a.id
