-- Writes credits and what they cover, moves the open items along, frees the claims. Counts the
-- items, and those of which is not left what was decided.
-- row: counterfoil.domain.receivables.operations.Moved
WITH part AS (
  SELECT * FROM unnest(%(part_ids)s::uuid[], %(part_credits)s::uuid[], %(part_invoices)s::uuid[],
                       %(part_amounts)s::bigint[], %(part_paid)s::bigint[],
                       %(part_settles)s::boolean[])
    AS p(id, credit_id, invoice_id, amount_minor, paid_minor, settles)
), credit AS (
  INSERT INTO receivables_credit (business_id, id, customer_id, kind, currency, total_minor,
                                  applied_minor, created_at)
  SELECT %(business_id)s::uuid, c.id, c.customer_id, c.kind, c.currency, c.total_minor,
         c.applied_minor, %(at)s::timestamptz
  FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(kinds)s::text[], %(currencies)s::text[],
              %(totals)s::bigint[], %(applied)s::bigint[])
    AS c(id, customer_id, kind, currency, total_minor, applied_minor)
), allocated AS (
  INSERT INTO receivables_allocation (business_id, id, credit_id, invoice_id, amount_minor, at)
  SELECT %(business_id)s::uuid, p.id, p.credit_id, p.invoice_id, p.amount_minor,
         %(at)s::timestamptz
  FROM part p
), freed AS (
  UPDATE receivables_claim c SET freed_at = %(at)s::timestamptz
  WHERE c.business_id = %(business_id)s::uuid AND c.attempt_id = ANY(%(ids)s::uuid[])
    AND c.freed_at IS NULL
), moved AS (
  UPDATE receivables_openitem o
  SET paid_minor = o.paid_minor + s.paid, credited_minor = o.credited_minor + s.credited,
      written_off_minor = least(o.written_off_minor, o.total_minor - o.paid_minor
                                                     - o.credited_minor - s.paid - s.credited),
      settled_at = CASE WHEN o.paid_minor + o.credited_minor + s.paid + s.credited = o.total_minor
                        THEN %(at)s::timestamptz END
  FROM (SELECT p.invoice_id, sum(p.paid_minor) AS paid,
          sum(p.amount_minor - p.paid_minor) AS credited, bool_or(p.settles) AS settles
        FROM part p GROUP BY p.invoice_id) s
  WHERE o.business_id = %(business_id)s::uuid AND o.id = s.invoice_id
  RETURNING (o.total_minor = o.paid_minor + o.credited_minor) = s.settles AS is_right
)
SELECT count(*)::int AS items, count(*) FILTER (WHERE NOT m.is_right)::int AS strays FROM moved m
