-- A page of customers by name; the search looks into name, mail and reference.
-- row: counterfoil.domain.customers.rows.CustomerRow
SELECT c.id, c.name, c.email, c.phone AS sealed_phone, c.locale, c.timezone, c.currency,
  c.tax_id AS sealed_tax_id, c.address AS sealed_address, c.external_ref, c.created_at
FROM customers_customer c
WHERE c.business_id = %(business_id)s::uuid
  AND (%(q)s::text = '' OR c.name ILIKE %(pattern)s::text OR c.email ILIKE %(pattern)s::text
       OR c.external_ref = %(q)s::text)
  AND (%(tags)s::varchar[] = '{}' OR c.tags && %(tags)s::varchar[])
  AND (%(after_name)s::text IS NULL
       OR (c.name, c.id) > (%(after_name)s::text, %(after_id)s::uuid))
ORDER BY c.name, c.id LIMIT %(limit)s::int
