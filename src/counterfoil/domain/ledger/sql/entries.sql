-- A page of journal entries, the newest first.
-- row: counterfoil.domain.ledger.rows.EntryRow
SELECT e.id, e.kind, e.source_id, e.occurred_at, e.posted_at, e.memo, e.reverses_id
FROM ledger_journalentry e
WHERE e.business_id = %(business_id)s::uuid AND e.occurred_at <= %(at)s::timestamptz
  AND (%(before)s::uuid IS NULL OR e.id < %(before)s::uuid)
ORDER BY e.id DESC LIMIT %(limit)s::int
