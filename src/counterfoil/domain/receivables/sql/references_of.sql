-- What a transfer for an invoice is told by.
-- row: counterfoil.domain.receivables.rows.TransferReferences
SELECT o.creditor_ref, o.qr_ref FROM receivables_openitem o
WHERE o.business_id = %(business_id)s::uuid AND o.id = %(invoice_id)s::uuid
