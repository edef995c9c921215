-- Writes what comes off again: allocations below zero, what credits have left, what is open again.
-- row: counterfoil.domain.receivables.reversing.Reopened
WITH part AS (
  SELECT * FROM unnest(%(part_ids)s::uuid[], %(part_credits)s::uuid[], %(part_invoices)s::uuid[],
                       %(part_reverses)s::uuid[], %(part_refunds)s::uuid[],
                       %(part_chargebacks)s::uuid[], %(part_amounts)s::bigint[])
    AS p(id, credit_id, invoice_id, reverses_id, refund_id, chargeback_id, amount_minor)
), reversed AS (
  INSERT INTO receivables_allocation (business_id, id, credit_id, invoice_id, amount_minor, at,
                                      reverses_id, refund_id, chargeback_id)
  SELECT %(business_id)s::uuid, p.id, p.credit_id, p.invoice_id, -p.amount_minor,
         %(at)s::timestamptz, p.reverses_id, p.refund_id, p.chargeback_id
  FROM part p
), credit AS (
  UPDATE receivables_credit c
  SET applied_minor = c.applied_minor + n.applied, refunded_minor = c.refunded_minor + n.refunded
  FROM unnest(%(ids)s::uuid[], %(applied)s::bigint[], %(refunded)s::bigint[])
    AS n(id, applied, refunded)
  WHERE c.business_id = %(business_id)s::uuid AND c.id = n.id
)
UPDATE receivables_openitem o
SET paid_minor = o.paid_minor - s.amount, settled_at = NULL
FROM (SELECT p.invoice_id, sum(p.amount_minor) AS amount FROM part p GROUP BY p.invoice_id) s
WHERE o.business_id = %(business_id)s::uuid AND o.id = s.invoice_id
RETURNING o.id,
  o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor AS due_minor
