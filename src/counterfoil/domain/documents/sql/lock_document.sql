-- A stored document by what it shows, under lock.
-- row: counterfoil.domain.documents.rows.StoredRow
SELECT d.id, d.kind, d.source_id, d.locale, d.sha256, d.size, d.path
FROM documents_storeddocument d
WHERE d.business_id = %(business_id)s::uuid AND d.kind = %(kind)s::text
  AND d.source_id = %(source_id)s::uuid AND d.locale = %(locale)s::text
FOR UPDATE
