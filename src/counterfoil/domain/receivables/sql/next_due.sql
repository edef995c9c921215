-- What a customer has to pay next in each currency: of what nobody is paying, the earliest due.
-- row: counterfoil.domain.receivables.rows.ItemRow
SELECT DISTINCT ON (o.currency) o.id, o.customer_id, o.number, o.external_ref, o.currency,
  o.issue_date, o.due_date, o.total_minor, o.paid_minor, o.credited_minor, o.written_off_minor,
  o.is_void, o.settled_at, NULL::text AS attempt_state
FROM receivables_openitem o
WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = %(customer_id)s::uuid
  AND o.is_open AND NOT EXISTS (
    SELECT FROM receivables_claim c WHERE c.business_id = o.business_id AND c.invoice_id = o.id
      AND c.freed_at IS NULL)
ORDER BY o.currency, o.due_date, o.id
