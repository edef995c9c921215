-- Each issued or voided invoice is a debt with its own facts, and no other debt exists.
-- row: counterfoil.domain.insights.rows.Violation
SELECT 'invoice ' || coalesce(i.number, o.number, id::text) AS subject,
  CASE WHEN i.number IS NULL THEN 'a debt without an issued invoice'
       WHEN o.number IS NULL THEN 'issued, and no debt of it'
       ELSE format('invoice %%s %%s due %%s (%%s), debt %%s %%s due %%s (void: %%s)',
                   i.total_minor, i.currency, i.due_date, i.state, o.total_minor, o.currency,
                   o.due_date, o.is_void) END AS found
FROM (SELECT * FROM billing_invoice b
      WHERE b.business_id = %(business_id)s::uuid AND b.state <> 'draft') i
FULL JOIN (SELECT * FROM receivables_openitem d WHERE d.business_id = %(business_id)s::uuid) o
  USING (id)
WHERE (i.customer_id, i.number, i.currency, i.total_minor, i.issue_date, i.due_date,
       i.external_ref, i.state = 'voided')
  IS DISTINCT FROM (o.customer_id, o.number, o.currency, o.total_minor, o.issue_date, o.due_date,
       o.external_ref, o.is_void)
LIMIT %(limit)s::int
