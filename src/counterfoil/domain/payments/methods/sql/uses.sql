-- What a customer's last payments were made with, the latest first; cheques and cash are no ways to
-- pay that a page could offer.
-- row: counterfoil.domain.payments.methods.rows.UseRow
SELECT a.method_id, a.mandate_id, a.instrument_kind AS kind, a.instrument_brand AS brand,
  a.instrument_last4 AS last4, a.created_at
FROM payments_attempt a
WHERE a.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid
  AND a.state IN ('processing', 'succeeded')
  AND a.instrument_kind NOT IN ('', 'cheque', 'cash', 'other')
ORDER BY a.id DESC LIMIT 10
