-- Who signs in with this address, customer by customer.
-- row: counterfoil.domain.customers.rows.PersonRow
SELECT c.id AS contact_id, c.name, c.email, c.locale, k.id AS customer_id, k.name AS customer_name,
  k.timezone, k.currency, c.rights
FROM customers_contact c
JOIN customers_customer k ON k.business_id = c.business_id AND k.id = c.customer_id
WHERE c.business_id = %(business_id)s::uuid AND lower(c.email) = lower(%(email)s::text)
  AND c.may_sign_in
ORDER BY c.id
