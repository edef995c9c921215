-- How many rows of each kind a business has.
-- row: counterfoil.domain.insights.rows.Figure
SELECT f.name, f.count FROM (
  SELECT 1 AS place, 'customers' AS name, count(*) AS count FROM customers_customer
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 2, 'invoices', count(*) FROM billing_invoice
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 3, 'invoice lines', count(*) FROM billing_invoiceline
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 4, 'credit notes', count(*) FROM billing_creditnote
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 5, 'payment attempts', count(*) FROM payments_attempt
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 6, 'allocations', count(*) FROM receivables_allocation
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 7, 'journal entries', count(*) FROM ledger_journalentry
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 8, 'postings', count(*) FROM ledger_posting
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 10, 'bank lines', count(*) FROM reconciliation_bankline
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 9, 'state changes', count(*) FROM infra_transition
    WHERE business_id = %(business_id)s::uuid
  UNION ALL SELECT 11, 'erased values of the trail', count(*) FROM audit_erasedvalues
    WHERE business_id = %(business_id)s::uuid
) f ORDER BY f.place
