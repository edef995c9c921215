-- The largest invoices that fell due before a day and that nobody is paying right now.
-- row: counterfoil.domain.insights.work_rows.LateInvoice
SELECT o.id, o.number, k.name AS customer_name, o.currency, o.due_date,
  o.total_minor - o.paid_minor - o.credited_minor - o.written_off_minor AS open_minor,
  (count(*) OVER ())::int AS late_count
FROM receivables_openitem o
JOIN customers_customer k ON k.business_id = o.business_id AND k.id = o.customer_id
WHERE o.business_id = %(business_id)s::uuid AND o.is_open {SEGMENT}
  AND o.due_date < %(due_before)s::date
  AND NOT EXISTS (SELECT 1 FROM receivables_claim c
                  WHERE c.business_id = o.business_id AND c.invoice_id = o.id
                    AND c.freed_at IS NULL)
ORDER BY 6 DESC, o.due_date, o.id LIMIT %(limit)s::int
