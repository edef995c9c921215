-- Requests for a second person's word.
-- row: counterfoil.domain.approvals.rows.ApprovalRow
SELECT a.id, a.state, a.act, a.about_kind, a.about_id, a.customer_id, a.called, a.currency,
  a.amount_minor, a.counted_minor, a.command, a.reason, a.asked_by_id AS asked_by, a.asked_name,
  a.asked_at, a.expires_at, a.decided_by_id AS decided_by, a.decided_name, a.decided_at, a.note,
  a.problem, coalesce((SELECT k.tags FROM customers_customer k
    WHERE k.business_id = a.business_id AND k.id = a.customer_id), '{}') AS customer_tags
FROM approvals_approval a
WHERE a.business_id = %(business_id)s::uuid AND {WHICH}
