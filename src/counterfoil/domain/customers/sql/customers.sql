-- Customers by id or by external reference.
-- row: counterfoil.domain.customers.rows.CustomerRow
SELECT c.id, c.name, c.email, c.phone AS sealed_phone, c.locale, c.timezone, c.currency,
  c.tax_id AS sealed_tax_id, c.address AS sealed_address, c.external_ref, c.created_at
FROM customers_customer c
WHERE c.business_id = %(business_id)s::uuid {WHICH}
