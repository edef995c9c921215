-- Locks payments that are given back or charged back, in ascending order: whoever changes a refund
-- or a chargeback holds its payment.
-- row: counterfoil.domain.payments.rows.RefundedPayment
SELECT a.id, a.state, a.currency, a.amount_minor, a.refunding_minor, a.refunded_minor,
  a.contested_minor, a.charged_back_minor, a.surcharge_minor
FROM payments_attempt a
WHERE a.business_id = %(business_id)s::uuid AND a.id = ANY(%(ids)s::uuid[])
ORDER BY a.id FOR UPDATE
