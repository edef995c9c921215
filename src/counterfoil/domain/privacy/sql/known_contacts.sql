-- The contacts that a subject is, with their addresses and sign-ins.
-- row: counterfoil.domain.privacy.queries.KnownContact
SELECT c.id, lower(c.email) AS email, c.user_id, lower(k.email) AS customer_email
FROM customers_customer k
LEFT JOIN customers_contact c ON c.business_id = k.business_id AND c.customer_id = k.id
  AND (%(contact_id)s::uuid IS NULL OR c.id = %(contact_id)s::uuid)
WHERE k.business_id = %(business_id)s::uuid AND k.id = %(customer_id)s::uuid
ORDER BY c.id
