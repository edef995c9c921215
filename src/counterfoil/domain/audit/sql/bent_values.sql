-- Records and notes whose values are no longer those that were written down, or are gone without
-- having been erased.
-- row: counterfoil.domain.audit.rows.BentRecord
SELECT r.id, r.source, r.at FROM (
  SELECT id, source, at, digest FROM audit_record WHERE business_id = %(business_id)s::uuid
  UNION ALL
  SELECT id, kind, at, digest FROM audit_note
  WHERE business_id = %(business_id)s::uuid AND digest IS NOT NULL
) r
LEFT JOIN audit_recordvalues v ON v.business_id = %(business_id)s::uuid AND v.id = r.id
WHERE r.digest IS DISTINCT FROM CASE WHEN v.id IS NOT NULL THEN sha256(convert_to(
    concat_ws(E'\n', v.salt, v.called, v.before, v.after), 'UTF8')) END
  AND NOT (v.id IS NULL AND EXISTS (
    SELECT FROM audit_erasedvalues e
    WHERE e.business_id = %(business_id)s::uuid AND e.record_id = r.id))
ORDER BY r.id LIMIT %(limit)s::int
