-- The journal entries of some sources, posting by posting.
-- row: counterfoil.domain.insights.story_rows.BookLine
SELECT j.id AS entry_id, j.kind, j.memo, j.occurred_at,
  d.kind AS debit_kind, coalesce(dk.name, dg.name, '') AS debit_party,
  c.kind AS credit_kind, coalesce(ck.name, cg.name, '') AS credit_party,
  p.amount_minor, p.currency
FROM ledger_journalentry j
JOIN ledger_posting p ON p.business_id = j.business_id AND p.entry_id = j.id
JOIN ledger_account d ON d.business_id = p.business_id AND d.id = p.debit_account_id
JOIN ledger_account c ON c.business_id = p.business_id AND c.id = p.credit_account_id
LEFT JOIN customers_customer dk ON dk.business_id = d.business_id AND dk.id = d.party
LEFT JOIN customers_customer ck ON ck.business_id = c.business_id AND ck.id = c.party
LEFT JOIN payments_gatewayaccount dg ON dg.business_id = d.business_id AND dg.id = d.party
LEFT JOIN payments_gatewayaccount cg ON cg.business_id = c.business_id AND cg.id = c.party
WHERE j.business_id = %(business_id)s::uuid AND j.source_id = ANY(%(source_ids)s::uuid[])
ORDER BY j.occurred_at, j.id, p.seq
