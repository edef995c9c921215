-- What customers owe less the credit they have, by currency, from the kept balances.
-- row: counterfoil.domain.ledger.rows.CustomerBalance
SELECT a.party AS customer_id, a.currency, sum(b.balance_minor)::bigint AS balance_minor
FROM ledger_account a
JOIN ledger_balance b ON b.business_id = a.business_id AND b.id = a.id
WHERE a.business_id = %(business_id)s::uuid AND a.kind = ANY(%(kinds)s::text[])
  AND a.party = ANY(%(customer_ids)s::uuid[])
GROUP BY a.party, a.currency ORDER BY a.party, a.currency
