-- Refunds by hand that lines may be: by the reference that is to stand in their transfer, whatever
-- the line's amount.
-- row: counterfoil.domain.reconciliation.rows.NamedRefund
SELECT r.id, r.attempt_id, r.transfer_ref, r.currency, r.amount_minor,
  EXISTS (SELECT FROM reconciliation_bankline l
          WHERE l.business_id = r.business_id AND l.refund_id = r.id AND l.amount_minor < 0)
    AS has_left,
  r.state = 'cancelled' AS is_withdrawn
FROM payments_refund r
WHERE r.business_id = %(business_id)s::uuid AND r.transfer_ref <> ''
  AND r.transfer_ref = ANY(%(refs)s::text[]) AND r.state IN ('pending', 'succeeded', 'cancelled')
ORDER BY r.id
