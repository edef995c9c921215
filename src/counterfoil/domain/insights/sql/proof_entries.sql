-- Each entry has postings numbered from 1; each posting has two different accounts of its own
-- currency and a positive amount, so that debits equal credits entry by entry.
-- row: counterfoil.domain.insights.rows.Violation
SELECT v.subject, v.found FROM (
  SELECT e.kind || ' ' || e.idempotency_key AS subject,
    'numbers ' || coalesce(string_agg(p.seq::text, ', ' ORDER BY p.seq), 'none') AS found
  FROM ledger_journalentry e
  LEFT JOIN ledger_posting p ON p.business_id = e.business_id AND p.entry_id = e.id
  WHERE e.business_id = %(business_id)s::uuid
  GROUP BY e.business_id, e.id
  HAVING count(p.id) = 0 OR max(p.seq) <> count(p.id) OR min(p.seq) <> 1
  UNION ALL
  SELECT 'posting ' || p.id,
    format('%%s %%s, debit %%s, credit %%s', p.amount_minor, p.currency,
           coalesce(d.currency, 'no account'), coalesce(c.currency, 'no account'))
  FROM ledger_posting p
  LEFT JOIN ledger_account d ON d.business_id = p.business_id AND d.id = p.debit_account_id
  LEFT JOIN ledger_account c ON c.business_id = p.business_id AND c.id = p.credit_account_id
  LEFT JOIN ledger_journalentry e ON e.business_id = p.business_id AND e.id = p.entry_id
  WHERE p.business_id = %(business_id)s::uuid
    AND (p.amount_minor <= 0 OR p.debit_account_id = p.credit_account_id OR e.id IS NULL
         OR d.currency IS DISTINCT FROM p.currency OR c.currency IS DISTINCT FROM p.currency)
) v LIMIT %(limit)s::int
