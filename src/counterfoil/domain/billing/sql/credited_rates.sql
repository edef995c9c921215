-- What the credit notes of invoices have taken back at each tax rate: nets, a hundred times the
-- exact allowance, and base and tax as they were rounded; all in minor units.
-- row: counterfoil.domain.billing.rows.CreditedRateRow
WITH note AS (
  SELECT c.id, c.invoice_id, c.discount_percent FROM billing_creditnote c
  WHERE c.business_id = %(business_id)s::uuid AND c.invoice_id = ANY(%(invoice_ids)s::uuid[])
), net AS (
  SELECT n.invoice_id, l.tax_rate AS rate, sum(l.net_minor)::bigint AS net_minor,
    sum(l.net_minor * n.discount_percent) AS hundredfold
  FROM note n
  JOIN billing_creditnoteline l ON l.business_id = %(business_id)s::uuid AND l.credit_note_id = n.id
  GROUP BY n.invoice_id, l.tax_rate
), tax AS (
  SELECT n.invoice_id, t.rate, sum(t.base_minor)::bigint AS base_minor,
    sum(t.tax_minor)::bigint AS tax_minor
  FROM note n
  JOIN billing_creditnotetax t ON t.business_id = %(business_id)s::uuid AND t.credit_note_id = n.id
  GROUP BY n.invoice_id, t.rate
)
SELECT net.invoice_id, net.rate, net.net_minor, net.hundredfold, tax.base_minor, tax.tax_minor
FROM net JOIN tax ON tax.invoice_id = net.invoice_id AND tax.rate = net.rate
