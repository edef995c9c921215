-- The rows of one cheque that staff record, as separate statements, for pgbench: what the whole
-- request is held against.
BEGIN;
SET LOCAL app.business_id = 'BUSINESS';
SELECT nextval('bench_next') AS turn \gset
SELECT invoice_id AS invoice, customer_id AS customer, uuidv7() AS intent, uuidv7() AS attempt FROM bench_queue WHERE n = :turn \gset
SELECT 1 FROM receivables_openitem WHERE business_id = 'BUSINESS' AND id = :invoice::uuid FOR UPDATE;
INSERT INTO payments_intent (business_id, id, customer_id, currency, amount_minor, form_key, created_at, created_by) VALUES ('BUSINESS', :intent::uuid, :customer::uuid, 'EUR', 12000, :intent::text, now(), 'bench');
INSERT INTO payments_attempt (business_id, id, intent_id, customer_id, gateway_account_id, state, currency, amount_minor, payer, locale, gateway_ref, instrument_kind, instrument_brand, instrument_last4, failure_code, failure_detail, step_url, created_at, submitted_at, finished_at, checks) VALUES ('BUSINESS', :attempt::uuid, :intent::uuid, :customer::uuid, 'BUSINESS', 'succeeded', 'EUR', 12000, '', '', '', 'cheque', '', '', '', '', '', now(), now(), now(), 0);
INSERT INTO infra_transition (business_id, id, machine, object_id, seq, from_state, to_state, at, actor, reason) VALUES ('BUSINESS', uuidv7(), 'attempt', :attempt::uuid, 1, '', 'created', now(), 'bench', ''), ('BUSINESS', uuidv7(), 'attempt', :attempt::uuid, 2, 'created', 'submitted', now(), 'bench', ''), ('BUSINESS', uuidv7(), 'attempt', :attempt::uuid, 3, 'submitted', 'succeeded', now(), 'bench', '');
INSERT INTO receivables_claim (business_id, id, invoice_id, attempt_id, amount_minor, taken_at, taken_by, taken_by_ref, freed_at) VALUES ('BUSINESS', uuidv7(), :invoice::uuid, :attempt::uuid, 12000, now(), '', 'bench', now());
INSERT INTO receivables_credit (business_id, id, customer_id, kind, currency, total_minor, applied_minor, created_at) VALUES ('BUSINESS', :attempt::uuid, :customer::uuid, 'payment', 'EUR', 12000, 12000, now());
INSERT INTO receivables_allocation (business_id, id, credit_id, invoice_id, amount_minor, at) VALUES ('BUSINESS', uuidv7(), :attempt::uuid, :invoice::uuid, 12000, now());
UPDATE receivables_openitem SET paid_minor = paid_minor + 12000, settled_at = now() WHERE business_id = 'BUSINESS' AND id = :invoice::uuid;
INSERT INTO ledger_account (business_id, id, kind, party, currency, keeps_balance) VALUES ('BUSINESS', uuidv7(), 'receivable', :customer::uuid, 'EUR', true) ON CONFLICT DO NOTHING;
INSERT INTO ledger_journalentry (business_id, id, kind, source_id, idempotency_key, occurred_at, posted_at, memo) VALUES ('BUSINESS', :attempt::uuid, 'payment_received', :attempt::uuid, 'p:' || :attempt::text, now(), now(), '');
INSERT INTO ledger_posting (business_id, id, entry_id, seq, debit_account_id, credit_account_id, amount_minor, currency) SELECT 'BUSINESS', uuidv7(), :attempt::uuid, 1, 'BUSINESS', a.id, 12000, 'EUR' FROM ledger_account a WHERE a.business_id = 'BUSINESS' AND a.kind = 'receivable' AND a.party = :customer::uuid AND a.currency = 'EUR';
INSERT INTO ledger_balance (business_id, id, balance_minor) SELECT 'BUSINESS', a.id, -12000 FROM ledger_account a WHERE a.business_id = 'BUSINESS' AND a.kind = 'receivable' AND a.party = :customer::uuid AND a.currency = 'EUR' ON CONFLICT (business_id, id) DO UPDATE SET balance_minor = ledger_balance.balance_minor + excluded.balance_minor;
INSERT INTO infra_event (business_id, id, kind, body, happened_at, tx) VALUES ('BUSINESS', uuidv7(), 'payment.succeeded', '{}', now(), pg_current_xact_id()::text::bigint), ('BUSINESS', uuidv7(), 'invoice.paid', '{}', now(), pg_current_xact_id()::text::bigint);
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'send_receipt', 0, NULL, NULL, '{}', NULL)]::procrastinate_job_to_defer_v1[]);
COMMIT;
