-- Locks payments that are given back, in ascending order: whoever changes a refund holds its
-- payment.
-- row: counterfoil.domain.payments.rows.RefundedPayment
SELECT a.id, a.state, a.currency, a.amount_minor, a.refunding_minor, a.refunded_minor
FROM payments_attempt a
WHERE a.business_id = %(business_id)s::uuid AND a.id = ANY(%(ids)s::uuid[])
ORDER BY a.id FOR UPDATE
