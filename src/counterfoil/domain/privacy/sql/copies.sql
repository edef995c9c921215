-- Copies of personal data that were asked for, the newest first.
-- row: counterfoil.domain.privacy.rows.CopyRow
SELECT c.id, c.customer_id, c.contact_id, c.asked_at, c.asked_by, c.made_at, c.expires_at, c.size,
  c.removed_at
FROM privacy_copy c
WHERE c.business_id = %(business_id)s::uuid {WHICH}
ORDER BY c.id DESC
