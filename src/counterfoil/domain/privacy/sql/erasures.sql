-- Erasures that were asked for, the newest first.
-- row: counterfoil.domain.privacy.rows.ErasureRow
SELECT e.id, e.customer_id, e.contact_id, e.asked_at, e.asked_by, e.erased_at, e.declined_at,
  e.decided_by, e.reason, e.figures
FROM privacy_erasure e
WHERE e.business_id = %(business_id)s::uuid {WHICH}
