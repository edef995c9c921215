-- Saved methods, by the filter WHICH.
-- row: counterfoil.domain.payments.methods.rows.MethodRow
SELECT m.id, m.customer_id, m.gateway_account_id, m.kind, m.gateway_ref, m.name, m.brand, m.last4,
  m.exp_month, m.exp_year, m.is_default, m.created_at, m.created_by, m.used_at, m.updated_at,
  m.expiry_told_at, m.removed_at,
  (SELECT g.kind FROM payments_gatewayaccount g
   WHERE g.business_id = m.business_id AND g.id = m.gateway_account_id) AS gateway_kind
FROM payments_method m
WHERE m.business_id = %(business_id)s::uuid {WHICH}
