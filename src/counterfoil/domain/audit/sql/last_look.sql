-- The last time that staff saw the portal as this customer does, if that is not too long ago.
-- row: counterfoil.domain.audit.rows.LookRow
SELECT n.at, coalesce(v.after ->> 'by', '') AS by
FROM audit_note n
LEFT JOIN audit_recordvalues v ON v.business_id = n.business_id AND v.id = n.id
WHERE n.business_id = %(business_id)s::uuid AND n.customer_id = %(customer_id)s::uuid
  AND n.kind = 'seen_as_customer' AND n.at > %(looked_since)s::timestamptz
ORDER BY n.id DESC LIMIT 1
