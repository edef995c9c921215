-- Writes that a refund was not sent: what it had taken off is put on again, what its invoice has no
-- room for is taken off by nobody; what the payment has left, and the open items, move along.
-- row: counterfoil.domain.receivables.operations.Touched
WITH part AS (
  SELECT * FROM unnest(%(on_ids)s::uuid[], %(off_ids)s::uuid[], %(invoices)s::uuid[],
                       %(reverses)s::uuid[], %(amounts)s::bigint[], %(offs)s::bigint[])
    AS p(on_id, off_id, invoice_id, reverses_id, amount_minor, off_minor)
), written AS (
  INSERT INTO receivables_allocation (business_id, id, credit_id, invoice_id, amount_minor, at,
                                      reverses_id, refund_id)
  SELECT %(business_id)s::uuid, p.on_id, %(credit_id)s::uuid, p.invoice_id, p.amount_minor,
         %(at)s::timestamptz, p.reverses_id, %(refund_id)s::uuid
  FROM part p
  UNION ALL
  SELECT %(business_id)s::uuid, p.off_id, %(credit_id)s::uuid, p.invoice_id, -p.off_minor,
         %(at)s::timestamptz, p.reverses_id, NULL
  FROM part p WHERE p.off_minor > 0
), credit AS (
  UPDATE receivables_credit c
  SET applied_minor = c.applied_minor - %(brought)s::bigint
        + coalesce((SELECT sum(p.amount_minor - p.off_minor) FROM part p), 0),
      refunded_minor = c.refunded_minor - %(brought)s::bigint
  WHERE c.business_id = %(business_id)s::uuid AND c.id = %(credit_id)s::uuid
)
UPDATE receivables_openitem o
SET paid_minor = o.paid_minor + s.paid,
    written_off_minor = least(o.written_off_minor, o.total_minor - o.paid_minor - o.credited_minor
                                                   - s.paid),
    settled_at = CASE WHEN o.paid_minor + o.credited_minor + s.paid = o.total_minor
                      THEN %(at)s::timestamptz END
FROM (SELECT p.invoice_id, sum(p.amount_minor - p.off_minor) AS paid
      FROM part p GROUP BY p.invoice_id HAVING sum(p.amount_minor - p.off_minor) > 0) s
WHERE o.business_id = %(business_id)s::uuid AND o.id = s.invoice_id
RETURNING o.id, o.total_minor = o.paid_minor + o.credited_minor AS is_settled
