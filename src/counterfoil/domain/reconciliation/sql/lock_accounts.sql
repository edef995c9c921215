-- Bank accounts under lock, in ascending order: one import at a time goes on with each.
-- row: counterfoil.domain.reconciliation.operations.Held
SELECT b.id FROM business_bankaccount b
WHERE b.business_id = %(business_id)s::uuid AND b.id = ANY(%(ids)s::uuid[])
ORDER BY b.id FOR NO KEY UPDATE
