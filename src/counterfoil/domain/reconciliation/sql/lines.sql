-- A page of bank lines, the last booked first, with the customer whose payment each
-- became, or whose refund it is.
-- row: counterfoil.domain.reconciliation.rows.LineRow
SELECT l.id, l.bank_account_id, l.booked_date, l.value_date, l.currency, l.amount_minor,
  l.counterparty, l.counterparty_account, l.remittance, l.reference, l.bank_ref, l.state,
  l.problem, l.note, coalesce(l.attempt_id, r.attempt_id) AS attempt_id, l.payout_id, l.refund_id,
  l.refund_was, a.customer_id, k.name AS customer_name, l.imported_at
FROM reconciliation_bankline l
LEFT JOIN payments_refund r ON r.business_id = l.business_id AND r.id = l.refund_id
LEFT JOIN payments_attempt a
  ON a.business_id = l.business_id AND a.id = coalesce(l.attempt_id, r.attempt_id)
LEFT JOIN customers_customer k ON k.business_id = a.business_id AND k.id = a.customer_id
WHERE l.business_id = %(business_id)s::uuid {WHICH} {SEARCH} {AFTER}
ORDER BY l.booked_date DESC, l.id DESC LIMIT %(limit)s::int
