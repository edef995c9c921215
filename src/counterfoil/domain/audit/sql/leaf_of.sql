-- The place of one row below its seal, with the head of the seal before.
-- row: counterfoil.domain.audit.rows.PlacedLeaf
SELECT l.position, l.source, coalesce(p.head, ''::bytea) AS previous, s.id, s.number, s.shape_id,
  h.columns, s.count, s.root, s.head, s.sealed_at
FROM audit_leaf l
JOIN audit_seal s ON s.business_id = l.business_id AND s.id = l.seal_id
JOIN audit_shape h ON h.business_id = s.business_id AND h.id = s.shape_id
LEFT JOIN audit_seal p ON p.business_id = s.business_id AND p.number = s.number - 1
WHERE l.business_id = %(business_id)s::uuid AND l.id = %(row_id)s::uuid
