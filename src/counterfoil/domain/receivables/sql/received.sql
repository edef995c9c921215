-- What covers an invoice: payments and credit notes, oldest first.
-- row: counterfoil.domain.receivables.rows.ReceivedRow
SELECT l.credit_id, r.kind, l.amount_minor, l.at, a.instrument_kind, a.instrument_brand,
  a.instrument_last4,
  NOT EXISTS (
    SELECT FROM receivables_allocation o WHERE o.business_id = l.business_id
    AND o.credit_id = l.credit_id AND o.invoice_id <> l.invoice_id
  ) AS is_for_this_alone,
  coalesce(a.contested_minor > 0, false) AS is_contested,
  l.amount_minor < 0 AND l.refund_id IS NULL AND l.chargeback_id IS NULL
    AND a.state IS DISTINCT FROM 'returned' AS is_moved,
  r.created_at < first.at AND NOT EXISTS (
    SELECT FROM receivables_allocation m WHERE m.business_id = first.business_id
    AND m.credit_id = first.credit_id AND m.at = first.at
    AND m.invoice_id <> first.invoice_id AND m.reverses_id IS NOT NULL
  ) AS is_from_credit
FROM receivables_allocation l
JOIN receivables_allocation first ON first.business_id = l.business_id
  AND first.id = coalesce(l.reverses_id, l.id)
JOIN receivables_credit r ON r.business_id = l.business_id AND r.id = l.credit_id
LEFT JOIN payments_attempt a ON a.business_id = l.business_id AND a.id = l.credit_id
WHERE l.business_id = %(business_id)s::uuid AND l.invoice_id = %(invoice_id)s::uuid
ORDER BY l.id
