-- Customers by what their own references on transfers are made of: the end of their ids.
-- row: counterfoil.domain.reconciliation.rows.NamedCustomer
SELECT k.id, n.key FROM unnest(%(keys)s::text[]) AS n(key)
JOIN customers_customer k ON k.business_id = %(business_id)s::uuid AND right(k.id::text, 17) = n.key
