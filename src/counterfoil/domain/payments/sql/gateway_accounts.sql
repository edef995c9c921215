-- Accounts with an adapter, the newest first, each with its routes, and the version that their
-- business's settings have.
-- row: counterfoil.domain.payments.queries.AccountColumns
SELECT a.id, a.kind, a.is_active, a.name, a.settings, a.secrets,
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('method', r.method, 'currency', r.currency)
      ORDER BY r.method, r.currency)
    FROM payments_route r
    WHERE r.business_id = a.business_id AND r.gateway_account_id = a.id
  ), '[]') AS routes,
  (SELECT b.brand_version FROM business_business b WHERE b.id = a.business_id) AS business_version
FROM payments_gatewayaccount a
WHERE a.business_id = %(business_id)s::uuid AND a.kind <> ALL(%(without_adapter)s::text[])
ORDER BY a.id DESC
