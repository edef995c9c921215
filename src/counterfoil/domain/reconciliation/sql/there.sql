-- Which lines of an account have been imported already.
-- row: counterfoil.domain.reconciliation.queries.There
SELECT l.bank_account_id, l.ref FROM reconciliation_bankline l
JOIN unnest(%(accounts)s::uuid[], %(refs)s::text[]) AS w(account_id, ref)
  ON w.account_id = l.bank_account_id AND w.ref = l.ref
WHERE l.business_id = %(business_id)s::uuid
