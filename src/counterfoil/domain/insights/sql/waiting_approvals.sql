-- Requests that wait for the word of a second person, the one whose time ends first on top.
-- row: counterfoil.domain.insights.work_rows.WaitingApproval
SELECT p.id, p.act, p.called, p.currency, p.amount_minor, p.asked_name, p.expires_at
FROM approvals_approval p
LEFT JOIN customers_customer k ON k.business_id = p.business_id AND k.id = p.customer_id
WHERE p.business_id = %(business_id)s::uuid AND p.state IN ('requested', 'approved')
  AND p.state = 'requested' {SEGMENT}
ORDER BY p.expires_at, p.id LIMIT %(limit)s::int
