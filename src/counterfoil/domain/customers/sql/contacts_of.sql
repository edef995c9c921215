-- The contacts of customers, in the order in which they were added.
-- row: counterfoil.domain.customers.rows.ContactRow
SELECT c.id, c.customer_id, c.user_id, c.name, c.email, c.locale, c.gets_invoices,
  c.gets_receipts, c.may_sign_in, c.rights
FROM customers_contact c
WHERE c.business_id = %(business_id)s::uuid AND c.customer_id = ANY(%(customer_ids)s::uuid[])
ORDER BY c.customer_id, c.id
