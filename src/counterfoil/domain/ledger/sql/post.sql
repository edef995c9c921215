-- Posts whole journal entries at once: opens missing accounts, skips keys that are there already,
-- keeps the balances of customers' accounts. Returns how many postings each new entry got.
-- row: counterfoil.domain.ledger.operations.PostedEntry
WITH want AS (
  SELECT * FROM unnest(%(account_ids)s::uuid[], %(kinds)s::text[], %(parties)s::uuid[],
                       %(account_currencies)s::text[], %(keeps)s::boolean[])
    AS w(id, kind, party, currency, keeps_balance)
), known AS (
  -- two joins, because "is not distinct from" can use neither index nor hash
  SELECT a.id, w.id AS wanted, w.keeps_balance FROM want w
  JOIN ledger_account a ON a.business_id = %(business_id)s::uuid AND a.kind = w.kind
    AND a.party = w.party AND a.currency = w.currency
  UNION ALL
  SELECT a.id, w.id, w.keeps_balance FROM want w
  JOIN ledger_account a ON a.business_id = %(business_id)s::uuid AND a.kind = w.kind
    AND a.party IS NULL AND w.party IS NULL AND a.currency = w.currency
), made AS (
  INSERT INTO ledger_account (business_id, id, kind, party, currency, keeps_balance)
  SELECT %(business_id)s::uuid, w.id, w.kind, w.party, w.currency, w.keeps_balance FROM want w
  WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.wanted = w.id)
  ON CONFLICT DO NOTHING
  RETURNING id, keeps_balance
), account AS (
  SELECT k.id, k.wanted, k.keeps_balance FROM known k
  UNION ALL
  SELECT m.id, m.id, m.keeps_balance FROM made m
), entry AS (
  INSERT INTO ledger_journalentry (business_id, id, kind, source_id, idempotency_key,
                                   occurred_at, posted_at, memo, reverses_id)
  SELECT %(business_id)s::uuid, e.id, e.kind, e.source_id, e.key, e.occurred_at,
         %(at)s::timestamptz, e.memo, e.reverses
  FROM unnest(%(entry_ids)s::uuid[], %(entry_kinds)s::text[], %(sources)s::uuid[],
              %(keys)s::text[], %(occurred)s::timestamptz[], %(memos)s::text[],
              %(reverses)s::uuid[])
    AS e(id, kind, source_id, key, occurred_at, memo, reverses)
  ON CONFLICT (business_id, idempotency_key) DO NOTHING
  RETURNING id
), posted AS (
  INSERT INTO ledger_posting (business_id, id, entry_id, seq, debit_account_id,
                              credit_account_id, amount_minor, currency)
  SELECT %(business_id)s::uuid, p.id, p.entry_id, p.seq, d.id, c.id, p.amount_minor, p.currency
  FROM unnest(%(post_ids)s::uuid[], %(post_entries)s::uuid[], %(seqs)s::smallint[],
              %(debits)s::uuid[], %(credits)s::uuid[], %(amounts)s::bigint[],
              %(currencies)s::text[])
    AS p(id, entry_id, seq, debit, credit, amount_minor, currency)
  JOIN entry e ON e.id = p.entry_id
  JOIN account d ON d.wanted = p.debit
  JOIN account c ON c.wanted = p.credit
  RETURNING entry_id, debit_account_id, credit_account_id, amount_minor
), kept AS (
  INSERT INTO ledger_balance (business_id, id, balance_minor)
  SELECT %(business_id)s::uuid, moved.id, sum(moved.amount) FROM (
    SELECT debit_account_id AS id, amount_minor AS amount FROM posted
    UNION ALL SELECT credit_account_id, -amount_minor FROM posted
  ) moved JOIN account a ON a.id = moved.id AND a.keeps_balance
  GROUP BY moved.id ORDER BY moved.id
  ON CONFLICT (business_id, id)
    DO UPDATE SET balance_minor = ledger_balance.balance_minor + excluded.balance_minor
)
SELECT e.id AS entry_id, count(p.entry_id)::int AS postings
FROM entry e LEFT JOIN posted p ON p.entry_id = e.id GROUP BY e.id
