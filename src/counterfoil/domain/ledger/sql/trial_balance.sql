-- What every account was debited and credited with up to a moment.
-- row: counterfoil.domain.ledger.rows.AccountTotal
SELECT a.kind, a.party, a.currency, sum(s.debit)::bigint AS debit_minor,
  sum(s.credit)::bigint AS credit_minor
FROM ledger_posting p
JOIN ledger_journalentry e ON e.business_id = p.business_id AND e.id = p.entry_id
CROSS JOIN LATERAL (VALUES
  (p.debit_account_id, p.amount_minor, 0::bigint), (p.credit_account_id, 0, p.amount_minor)
) AS s(account_id, debit, credit)
JOIN ledger_account a ON a.business_id = p.business_id AND a.id = s.account_id
WHERE p.business_id = %(business_id)s::uuid AND e.occurred_at <= %(at)s::timestamptz
GROUP BY a.kind, a.party, a.currency
ORDER BY a.kind, a.currency, a.party
