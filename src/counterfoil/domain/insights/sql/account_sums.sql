-- What all accounts of one kind hold, debit less credit, by currency.
-- row: counterfoil.domain.insights.rows.AccountSum
SELECT a.kind, a.currency, sum(m.amount)::bigint AS balance_minor FROM (
  SELECT p.debit_account_id AS id, p.amount_minor AS amount FROM ledger_posting p
  WHERE p.business_id = %(business_id)s::uuid
  UNION ALL
  SELECT p.credit_account_id, -p.amount_minor FROM ledger_posting p
  WHERE p.business_id = %(business_id)s::uuid
) m JOIN ledger_account a ON a.business_id = %(business_id)s::uuid AND a.id = m.id
GROUP BY a.kind, a.currency ORDER BY a.currency, a.kind
