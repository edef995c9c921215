-- Keeps lines that are not there yet; returns those that are new.
-- row: counterfoil.domain.reconciliation.operations.Kept
INSERT INTO reconciliation_bankline (business_id, id, bank_account_id, ref, booked_date, value_date,
  currency, amount_minor, counterparty, counterparty_account, account_mark, remittance, reference,
  bank_ref, state, problem, note, imported_at)
SELECT %(business_id)s::uuid, n.id, n.account_id, n.ref, n.booked, n.valued, n.currency,
  n.amount_minor, n.counterparty, n.counterparty_account, n.account_mark, n.remittance, n.reference,
  n.bank_ref,
  'waiting', '', '', %(at)s::timestamptz
FROM unnest(%(ids)s::uuid[], %(accounts)s::uuid[], %(refs)s::text[], %(booked)s::date[],
  %(valued)s::date[], %(currencies)s::text[], %(amounts)s::bigint[], %(counterparties)s::text[],
  %(counterparty_accounts)s::text[], %(marks)s::text[], %(remittances)s::text[],
  %(references)s::text[], %(bank_refs)s::text[])
  AS n(id, account_id, ref, booked, valued, currency, amount_minor, counterparty,
       counterparty_account, account_mark, remittance, reference, bank_ref)
ON CONFLICT (business_id, bank_account_id, ref) DO NOTHING
RETURNING id
