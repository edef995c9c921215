-- The files of the answer to a chargeback, in the order they were added.
-- row: counterfoil.domain.payments.rows.EvidenceRow
SELECT e.id, e.chargeback_id, e.name, e.media_type, e.size, e.sha256, e.added_at, e.added_by
FROM payments_evidence e
WHERE e.business_id = %(business_id)s::uuid AND e.chargeback_id = %(chargeback_id)s::uuid
ORDER BY e.id
