-- What was handed out under a code, or with exactly these bytes; the newest printing of it.
-- row: counterfoil.domain.documents.rows.PrintedRow
SELECT p.kind, p.source_id,
  coalesce(i.customer_id, c.customer_id, a.customer_id) AS customer_id,
  coalesce(i.number, c.number, a.id::text, '') AS number,
  coalesce(i.state <> 'voided', a.state = 'succeeded', true) AS is_in_force,
  p.code_hash <> '' AS has_code,
  EXISTS (
    SELECT FROM documents_printing f
    WHERE f.business_id = p.business_id AND f.sha256 = %(sha256)s::text
      AND f.kind = p.kind AND f.source_id = p.source_id
  ) AS has_file
FROM documents_printing p
LEFT JOIN billing_invoice i
  ON i.business_id = p.business_id AND i.id = p.source_id AND p.kind = 'invoice'
LEFT JOIN billing_creditnote c
  ON c.business_id = p.business_id AND c.id = p.source_id AND p.kind = 'credit_note'
LEFT JOIN payments_refund r
  ON r.business_id = p.business_id AND r.id = p.source_id AND p.kind = 'receipt'
LEFT JOIN payments_attempt a
  ON a.business_id = p.business_id AND a.id = coalesce(r.attempt_id, p.source_id)
  AND p.kind = 'receipt'
WHERE p.business_id = %(business_id)s::uuid
  AND ((%(has_code)s::bool AND p.code_hash = %(code_hash)s::text)
    OR (NOT %(has_code)s::bool AND %(sha256)s::text <> '' AND p.sha256 = %(sha256)s::text))
ORDER BY p.id DESC LIMIT 1
