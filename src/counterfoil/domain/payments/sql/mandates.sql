-- Mandates, by whatever is asked for.
-- row: counterfoil.domain.payments.rows.MandateRow
SELECT m.id, m.customer_id, m.gateway_account_id, m.scheme, m.state, m.reference, m.gateway_ref,
  m.source_ref, m.name, m.is_default, m.creditor_name, m.creditor_ref,
  m.holder AS sealed_holder, m.country, m.last4, m.text AS sealed_text, m.locale, m.accepted_at,
  m.accepted_by AS sealed_accepted_by, m.ip_address AS sealed_ip_address,
  m.user_agent AS sealed_user_agent, m.created_at, m.ended_at, m.end_reason, m.checks,
  m.next_check_at, m.is_for_once
FROM payments_mandate m
WHERE m.business_id = %(business_id)s::uuid {WHICH}
