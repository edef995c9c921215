-- A page of documents of one kind with their lines and taxes as arrays, in the order of their ids.
-- row: counterfoil.domain.insights.rows.DocumentParts
SELECT i.id, i.number, i.currency, i.discount_percent, i.subtotal_minor, i.discount_minor,
  i.tax_minor, i.total_minor, i.line_count, {IS_PART} AS is_part, l.quantities, l.unit_prices,
  l.discounts, l.rates, l.nets, x.tax_rates, x.tax_bases, x.tax_amounts
FROM (
  SELECT * FROM billing_{KIND} d
  WHERE d.business_id = %(business_id)s::uuid AND d.id > %(after)s::uuid
  ORDER BY d.id LIMIT %(limit)s::int
) i
CROSS JOIN LATERAL (
  SELECT array_agg(n.quantity ORDER BY n.position) AS quantities,
    array_agg(n.unit_price ORDER BY n.position) AS unit_prices,
    array_agg(n.discount_percent ORDER BY n.position) AS discounts,
    array_agg(n.tax_rate ORDER BY n.position) AS rates,
    array_agg(n.net_minor ORDER BY n.position) AS nets
  FROM billing_{KIND}line n
  WHERE n.business_id = %(business_id)s::uuid AND n.{PARENT} = i.id
) l
CROSS JOIN LATERAL (
  SELECT array_agg(t.rate ORDER BY t.rate) AS tax_rates,
    array_agg(t.base_minor ORDER BY t.rate) AS tax_bases,
    array_agg(t.tax_minor ORDER BY t.rate) AS tax_amounts
  FROM billing_{KIND}tax t
  WHERE t.business_id = %(business_id)s::uuid AND t.{PARENT} = i.id
) x
ORDER BY i.id
