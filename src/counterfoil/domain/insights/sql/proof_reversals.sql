-- A reversal has the postings of the entry it names, the other way round; and each void reverses
-- the issue of its invoice.
-- row: counterfoil.domain.insights.rows.Violation
WITH reversal AS (
  SELECT e.id, e.kind, e.idempotency_key, e.source_id, e.reverses_id
  FROM ledger_journalentry e
  WHERE e.business_id = %(business_id)s::uuid
    AND (e.reverses_id IS NOT NULL OR e.kind = 'invoice_voided')
), posted AS (
  SELECT r.id, p.debit_account_id AS one, p.credit_account_id AS other, p.amount_minor AS amount
  FROM reversal r
  JOIN ledger_posting p ON p.business_id = %(business_id)s::uuid AND p.entry_id = r.id
  UNION ALL
  SELECT r.id, p.credit_account_id, p.debit_account_id, -p.amount_minor
  FROM reversal r
  JOIN ledger_posting p ON p.business_id = %(business_id)s::uuid AND p.entry_id = r.reverses_id
)
SELECT r.kind || ' ' || r.idempotency_key AS subject, v.found
FROM reversal r
JOIN LATERAL (
  SELECT 'it reverses ' || coalesce(i.kind || ' ' || i.idempotency_key, 'nothing') AS found
  FROM (SELECT 1) one
  LEFT JOIN ledger_journalentry i ON i.business_id = %(business_id)s::uuid AND i.id = r.reverses_id
  WHERE r.kind = 'invoice_voided'
    AND (i.kind, i.source_id) IS DISTINCT FROM ('invoice_issued'::varchar, r.source_id)
  UNION ALL
  SELECT format('%%s are left over between two of its accounts', sum(p.amount))
  FROM posted p WHERE p.id = r.id AND r.reverses_id IS NOT NULL
  GROUP BY p.one, p.other HAVING sum(p.amount) <> 0
) v ON true
LIMIT %(limit)s::int
