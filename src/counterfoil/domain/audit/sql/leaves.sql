-- The leaves of one seal, in their order.
-- row: counterfoil.domain.audit.rows.LeafRow
SELECT l.position, l.hash FROM audit_leaf l
WHERE l.business_id = %(business_id)s::uuid AND l.seal_id = %(seal_id)s::uuid
ORDER BY l.position
