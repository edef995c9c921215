-- Seals from a number on, in their order, each with the columns it was read by.
-- row: counterfoil.domain.audit.rows.SealRow
SELECT s.id, s.number, s.shape_id, h.columns, s.count, s.root, s.head, s.sealed_at
FROM audit_seal s
JOIN audit_shape h ON h.business_id = s.business_id AND h.id = s.shape_id
WHERE s.business_id = %(business_id)s::uuid AND s.number >= %(first)s::int
ORDER BY s.number LIMIT %(limit)s::int
