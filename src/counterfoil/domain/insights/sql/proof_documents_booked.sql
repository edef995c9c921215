-- Each document stands in the books with its amount: once at issue, once more when it is voided.
-- row: counterfoil.domain.insights.rows.Violation
WITH want AS (
  SELECT 'invoice_issued' AS kind, i.id, i.number, i.currency, i.total_minor
  FROM billing_invoice i
  WHERE i.business_id = %(business_id)s::uuid AND i.state <> 'draft' AND i.total_minor > 0
  UNION ALL
  SELECT 'invoice_voided', i.id, i.number, i.currency, i.total_minor FROM billing_invoice i
  WHERE i.business_id = %(business_id)s::uuid AND i.state = 'voided' AND i.total_minor > 0
  UNION ALL
  SELECT 'credit_note_issued', n.id, n.number, n.currency, n.total_minor FROM billing_creditnote n
  WHERE n.business_id = %(business_id)s::uuid
), book AS (
  SELECT e.kind, e.source_id AS id, count(DISTINCT e.id) AS entries,
    sum(p.amount_minor) AS amount, min(p.currency) AS currency
  FROM ledger_journalentry e
  LEFT JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  WHERE e.business_id = %(business_id)s::uuid
    AND e.kind IN ('invoice_issued', 'invoice_voided', 'credit_note_issued')
  GROUP BY e.kind, e.source_id
)
SELECT format('%%s %%s', kind, coalesce(w.number, id::text)) AS subject,
  format('document %%s %%s, %%s entries of %%s %%s', coalesce(w.total_minor::text, 'none'),
         w.currency, coalesce(b.entries, 0), b.amount, b.currency) AS found
FROM want w FULL JOIN book b USING (kind, id)
WHERE w.id IS NULL OR b.entries IS DISTINCT FROM 1
  OR (b.amount, b.currency) IS DISTINCT FROM (w.total_minor::numeric, w.currency::text)
LIMIT %(limit)s::int
