-- Every number that each series has given out.
-- row: counterfoil.domain.insights.rows.SeriesNumber
SELECT s.code, s.format, s.next_number, coalesce(d.number, '') AS number, d.issue_date
FROM billing_series s
LEFT JOIN (
  SELECT i.series_id, i.number, i.issue_date FROM billing_invoice i
  WHERE i.business_id = %(business_id)s::uuid AND i.number <> ''
  UNION ALL
  SELECT n.series_id, n.number, n.issue_date FROM billing_creditnote n
  WHERE n.business_id = %(business_id)s::uuid
) d ON d.series_id = s.id
WHERE s.business_id = %(business_id)s::uuid
ORDER BY s.code
