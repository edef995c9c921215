-- Customers by id or by external reference.
-- row: counterfoil.domain.customers.rows.CustomerRow
SELECT c.id, c.name, c.email, c.phone, c.locale, c.timezone, c.currency, c.tax_id, c.address,
  c.external_ref, c.created_at
FROM customers_customer c
WHERE c.business_id = %(business_id)s::uuid {WHICH}
