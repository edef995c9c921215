-- Bank lines under lock, in ascending order.
-- row: counterfoil.domain.reconciliation.rows.LockedLine
SELECT l.id, l.bank_account_id, l.ref, l.booked_date, l.currency, l.amount_minor, l.counterparty,
  l.bank_ref, l.state, l.refund_id, l.refund_was
FROM reconciliation_bankline l
WHERE l.business_id = %(business_id)s::uuid AND l.id = ANY(%(ids)s::uuid[])
ORDER BY l.id FOR UPDATE
