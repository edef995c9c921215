-- What is still under way with a customer, counted.
-- row: counterfoil.domain.privacy.rows.OpenMoney
SELECT
  (SELECT count(*) FROM receivables_openitem o WHERE o.business_id = %(business_id)s::uuid
    AND o.customer_id = %(customer_id)s::uuid AND o.is_open) AS open_invoices,
  (SELECT count(*) FROM receivables_credit k WHERE k.business_id = %(business_id)s::uuid
    AND k.customer_id = %(customer_id)s::uuid
    AND k.applied_minor + k.refunded_minor < k.total_minor) AS unapplied_credits,
  (SELECT count(*) FROM payments_attempt a WHERE a.business_id = %(business_id)s::uuid
    AND a.customer_id = %(customer_id)s::uuid
    AND a.state = ANY(%(open_attempts)s::text[])) AS open_payments,
  (SELECT count(*) FROM payments_refund r
    JOIN payments_attempt a ON a.business_id = r.business_id AND a.id = r.attempt_id
    WHERE r.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid
    AND r.state = ANY(%(open_refunds)s::text[])) AS open_refunds,
  (SELECT count(*) FROM payments_chargeback c
    JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
    WHERE c.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid
    AND c.state IN ('open', 'answered')) AS open_chargebacks,
  (SELECT count(*) FROM arrangements_scheduledpayment s
    WHERE s.business_id = %(business_id)s::uuid AND s.customer_id = %(customer_id)s::uuid
    AND s.state IN ('planned', 'charging')) AS planned_payments,
  (SELECT count(*) FROM billing_invoice i WHERE i.business_id = %(business_id)s::uuid
    AND i.customer_id = %(customer_id)s::uuid AND i.state = 'draft') AS drafts,
  (SELECT count(*) FROM payments_mandate m WHERE m.business_id = %(business_id)s::uuid
    AND m.customer_id = %(customer_id)s::uuid
    AND m.state IN ('created', 'pending', 'unknown')) AS waiting_mandates,
  (SELECT count(*) FROM approvals_approval w WHERE w.business_id = %(business_id)s::uuid
    AND w.customer_id = %(customer_id)s::uuid
    AND w.state IN ('requested', 'approved')) AS waiting_approvals
