-- The journal entry that was written under a key, to be reversed.
-- row: counterfoil.domain.ledger.rows.WrittenEntry
SELECT e.id FROM ledger_journalentry e
WHERE e.business_id = %(business_id)s::uuid AND e.idempotency_key = %(key)s::text
