-- How many of some things are of customers that carry one of the tags.
-- row: counterfoil.domain.insights.segments.Seen
SELECT count(*)::int AS count
FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS n(kind, id)
JOIN customers_customer k ON k.business_id = %(business_id)s::uuid
  AND k.tags && %(tags)s::varchar[] AND k.id = CASE n.kind
    WHEN 'customer' THEN n.id
    WHEN 'contact' THEN (SELECT t.customer_id FROM customers_contact t
      WHERE t.business_id = %(business_id)s::uuid AND t.id = n.id)
    WHEN 'invoice' THEN (SELECT t.customer_id FROM billing_invoice t
      WHERE t.business_id = %(business_id)s::uuid AND t.id = n.id)
    WHEN 'payment' THEN (SELECT t.customer_id FROM payments_attempt t
      WHERE t.business_id = %(business_id)s::uuid AND t.id = n.id)
    WHEN 'refund' THEN (SELECT t.customer_id FROM payments_refund r
      JOIN payments_attempt t ON t.business_id = r.business_id AND t.id = r.attempt_id
      WHERE r.business_id = %(business_id)s::uuid AND r.id = n.id)
    WHEN 'chargeback' THEN (SELECT t.customer_id FROM payments_chargeback r
      JOIN payments_attempt t ON t.business_id = r.business_id AND t.id = r.attempt_id
      WHERE r.business_id = %(business_id)s::uuid AND r.id = n.id)
    WHEN 'mandate' THEN (SELECT t.customer_id FROM payments_mandate t
      WHERE t.business_id = %(business_id)s::uuid AND t.id = n.id)
    WHEN 'message' THEN (SELECT t.customer_id FROM notifications_message t
      WHERE t.business_id = %(business_id)s::uuid AND t.id = n.id)
    WHEN 'link' THEN (SELECT t.customer_id FROM identity_guestlink t
      WHERE t.business_id = %(business_id)s::uuid AND t.id = n.id)
    WHEN 'approval' THEN (SELECT t.customer_id FROM approvals_approval t
      WHERE t.business_id = %(business_id)s::uuid AND t.id = n.id)
  END
