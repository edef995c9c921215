"""A business with invoices and attempts that wait for their outcome, made by SQL as the owner."""

BUSINESS = """
INSERT INTO business_business (id, slug, name, legal_name, address, tax_id, email,
  locale, timezone, currency, accent, logo_type, brand_version, part_floor,
  takes_prepayments, applies_credit, created_at)
VALUES ('{business}', '{slug}', 'Bench', 'Bench', '{{}}', '', '', 'en', 'UTC', 'EUR',
        '#0f5c4c', '', 1, 1, false, true, now());
INSERT INTO business_hostname (host, business_id) VALUES ('{host}', '{business}');
INSERT INTO payments_gatewayaccount (business_id, id, kind, name, settings, secrets, is_active,
  created_at) VALUES ('{business}', '{business}', 'sandbox', 'bench', '{{}}', '', true, now()),
  ('{business}', uuidv7(), 'offline', 'Cheque and cash', '{{}}', '', true, now());
"""

# {invoices} issued invoices over {customers} customers, three in four of them paid long ago.
INVOICES = """
INSERT INTO customers_customer (business_id, id, name, email, phone, locale, timezone, currency,
  tax_id, address, external_ref, created_at)
SELECT '{business}', uuidv7(), 'Customer ' || g, 'c' || g || '@bench.example', '', 'en', 'UTC',
       'EUR', '', '', '{slug}-' || g, now()
FROM generate_series(1, {customers}) g;
CREATE TEMP TABLE who AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n
  FROM customers_customer WHERE business_id = '{business}';
CREATE INDEX ON who (n);
ALTER TABLE billing_invoice DISABLE TRIGGER USER;
CREATE TEMP TABLE fresh AS
SELECT uuidv7() AS id, w.id AS customer_id, g AS n, current_date - (g % 700)::int AS issued,
  (g % 4 <> 0) AS paid
FROM generate_series(1, {invoices}) g JOIN who w ON w.n = g % {customers};
INSERT INTO billing_invoice (business_id, id, customer_id, state, number, currency, issue_date,
  due_date, issued_at, created_at, discount_percent, subtotal_minor, discount_minor, tax_minor,
  total_minor, line_count, notes, external_ref, party)
SELECT '{business}', f.id, f.customer_id, 'issued', '{slug}-' || lpad(f.n::text, 8, '0'), 'EUR',
  f.issued, f.issued + 30, now(), now(), 0, 10000, 0, 2000, 12000, 1, '', '', '' FROM fresh f;
ALTER TABLE billing_invoice ENABLE TRIGGER USER;
INSERT INTO receivables_openitem (business_id, id, customer_id, number, external_ref,
  creditor_ref, qr_ref, currency, issue_date, due_date, total_minor, paid_minor, credited_minor,
  is_void, settled_at)
SELECT '{business}', f.id, f.customer_id, '{slug}-' || lpad(f.n::text, 8, '0'), '', '', '', 'EUR',
  f.issued, f.issued + 30, 12000, CASE WHEN f.paid THEN 12000 ELSE 0 END, 0, false,
  CASE WHEN f.paid THEN now() END FROM fresh f;
DROP TABLE fresh; DROP TABLE who;
ANALYZE;
"""

# {attempts} submitted attempts, each holding one open invoice of its customer.
ATTEMPTS = """
CREATE TEMP TABLE held AS
SELECT o.id AS invoice_id, o.customer_id, uuidv7() AS attempt_id, uuidv7() AS intent_id
FROM receivables_openitem o WHERE o.business_id = '{business}' AND o.is_open
  AND NOT EXISTS (SELECT 1 FROM receivables_claim c WHERE c.business_id = o.business_id
                  AND c.invoice_id = o.id)
ORDER BY md5(o.id::text) LIMIT {attempts};
INSERT INTO payments_intent (business_id, id, customer_id, currency, amount_minor, form_key,
  created_at, created_by)
SELECT '{business}', intent_id, customer_id, 'EUR', 12000, intent_id::text, now(), 'bench' FROM held;
INSERT INTO payments_attempt (business_id, id, intent_id, customer_id, gateway_account_id, state,
  currency, amount_minor, payer, locale, gateway_ref, instrument_kind, instrument_brand,
  instrument_last4, failure_code, failure_detail, step_url, created_at, submitted_at,
  checks)
SELECT '{business}', attempt_id, intent_id, customer_id, '{business}', 'submitted', 'EUR', 12000,
  '', 'en', '', '', '', '', '', '', '', now(), now(), 0 FROM held;
INSERT INTO receivables_claim (business_id, id, invoice_id, attempt_id, amount_minor, taken_at,
  taken_by, taken_by_ref)
SELECT '{business}', uuidv7(), invoice_id, attempt_id, 12000, now(), '', 'system' FROM held;
INSERT INTO ledger_account (business_id, id, kind, party, currency, keeps_balance)
  SELECT '{business}', uuidv7(), 'receivable', k.id, 'EUR', true FROM customers_customer k
  WHERE k.business_id = '{business}' ON CONFLICT DO NOTHING;
ANALYZE;
COPY (SELECT attempt_id, invoice_id, customer_id FROM held) TO STDOUT;
DROP TABLE held;
"""
