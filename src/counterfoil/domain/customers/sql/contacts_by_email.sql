-- Who of this business has this mail address.
-- row: counterfoil.domain.customers.rows.ContactRow
SELECT c.id, c.customer_id, c.user_id, c.name, c.email, c.locale, c.gets_invoices,
  c.gets_receipts, c.may_sign_in
FROM customers_contact c
WHERE c.business_id = %(business_id)s::uuid
  AND lower(c.email) = lower(%(email)s::text)
ORDER BY c.id
