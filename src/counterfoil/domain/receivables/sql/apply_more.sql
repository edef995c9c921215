-- Lets credits that stand already cover more: writes what they cover, moves the open items along.
-- row: counterfoil.domain.receivables.operations.Touched
WITH part AS (
  SELECT * FROM unnest(%(part_ids)s::uuid[], %(part_credits)s::uuid[], %(part_invoices)s::uuid[],
                       %(part_amounts)s::bigint[], %(part_paid)s::bigint[])
    AS p(id, credit_id, invoice_id, amount_minor, paid_minor)
), credit AS (
  UPDATE receivables_credit r SET applied_minor = r.applied_minor + s.applied
  FROM (SELECT p.credit_id, sum(p.amount_minor) AS applied FROM part p GROUP BY p.credit_id) s
  WHERE r.business_id = %(business_id)s::uuid AND r.id = s.credit_id
), allocated AS (
  INSERT INTO receivables_allocation (business_id, id, credit_id, invoice_id, amount_minor, at)
  SELECT %(business_id)s::uuid, p.id, p.credit_id, p.invoice_id, p.amount_minor,
         %(at)s::timestamptz
  FROM part p
)
UPDATE receivables_openitem o
SET paid_minor = o.paid_minor + s.paid, credited_minor = o.credited_minor + s.credited,
    written_off_minor = least(o.written_off_minor, o.total_minor - o.paid_minor - o.credited_minor
                                                   - s.paid - s.credited),
    settled_at = CASE WHEN o.paid_minor + o.credited_minor + s.paid + s.credited = o.total_minor
                      THEN %(at)s::timestamptz END
FROM (SELECT p.invoice_id, sum(p.paid_minor) AS paid, sum(p.amount_minor - p.paid_minor) AS credited
      FROM part p GROUP BY p.invoice_id) s
WHERE o.business_id = %(business_id)s::uuid AND o.id = s.invoice_id
RETURNING o.id, o.total_minor = o.paid_minor + o.credited_minor AS is_settled
