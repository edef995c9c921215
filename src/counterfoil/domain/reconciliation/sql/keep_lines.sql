-- Keeps new lines as what has become of them, and counts them.
-- row: counterfoil.domain.reconciliation.operations.Kept
WITH kept AS (
  INSERT INTO reconciliation_bankline (business_id, id, bank_account_id, ref, booked_date,
    value_date, currency, amount_minor, counterparty, counterparty_account, account_mark,
    remittance, reference, bank_ref, state, problem, note, imported_at, attempt_id, payout_id,
    refund_id, refund_was)
  SELECT %(business_id)s::uuid, n.id, n.account_id, n.ref, n.booked,
    n.valued, n.currency, n.amount_minor, n.counterparty, n.counterparty_account, n.account_mark,
    n.remittance, n.reference, n.bank_ref, n.state, n.problem, '', %(at)s::timestamptz,
    n.attempt_id, n.payout_id, n.refund_id, n.refund_was
  FROM unnest(%(ids)s::uuid[], %(accounts)s::uuid[], %(refs)s::text[], %(booked)s::date[],
    %(valued)s::date[], %(currencies)s::text[], %(amounts)s::bigint[], %(counterparties)s::text[],
    %(counterparty_accounts)s::text[], %(marks)s::text[], %(remittances)s::text[],
    %(references)s::text[], %(bank_refs)s::text[], %(states)s::text[], %(problems)s::text[],
    %(attempts)s::uuid[], %(payouts)s::uuid[], %(refunds)s::uuid[], %(refunds_were)s::text[])
    AS n(id, account_id, ref, booked, valued, currency, amount_minor, counterparty,
         counterparty_account, account_mark, remittance, reference, bank_ref, state, problem,
         attempt_id, payout_id, refund_id, refund_was)
  RETURNING 1
)
SELECT count(*)::int AS lines FROM kept
