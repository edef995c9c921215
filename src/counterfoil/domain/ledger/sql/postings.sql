-- The postings of journal entries.
-- row: counterfoil.domain.ledger.rows.PostingRow
SELECT p.entry_id, p.seq, d.kind AS debit_kind, d.party AS debit_party, c.kind AS credit_kind,
  c.party AS credit_party, p.currency, p.amount_minor
FROM ledger_posting p
JOIN ledger_account d ON d.business_id = p.business_id AND d.id = p.debit_account_id
JOIN ledger_account c ON c.business_id = p.business_id AND c.id = p.credit_account_id
WHERE p.business_id = %(business_id)s::uuid AND p.entry_id = ANY(%(entry_ids)s::uuid[])
ORDER BY p.entry_id, p.seq
