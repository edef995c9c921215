-- What is used up of a payment or credit note is the sum of its allocations and of what was given
-- back, and never more than it is.
-- row: counterfoil.domain.insights.rows.Violation
SELECT r.kind || ' ' || r.id AS subject,
  format('total %%s, applied %%s, allocations %%s, refunded %%s', r.total_minor, r.applied_minor,
         coalesce(sum(l.amount_minor), 0), r.refunded_minor) AS found
FROM receivables_credit r
LEFT JOIN receivables_allocation l ON l.business_id = r.business_id AND l.credit_id = r.id
WHERE r.business_id = %(business_id)s::uuid
GROUP BY r.business_id, r.id
HAVING r.applied_minor <> coalesce(sum(l.amount_minor), 0) + r.refunded_minor
  OR r.applied_minor > r.total_minor
LIMIT %(limit)s::int
