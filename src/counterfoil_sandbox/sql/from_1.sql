-- From the card gateway (schema 1) to the payment provider: every old charge keeps its id, its
-- state and its answer, and the money it moved becomes a movement that is paid out in its turn.
DROP INDEX charge_reference;
DROP INDEX charge_customer;
DROP INDEX charge_open;
DROP INDEX delivery_due;
ALTER TABLE delivery RENAME TO delivery_1;
ALTER TABLE token RENAME TO token_1;
ALTER TABLE charge RENAME TO charge_1;
ALTER TABLE idempotency_key RENAME TO idempotency_key_1;
ALTER TABLE account ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- schema.sql stands here

INSERT INTO instrument
  (id, kind, behaviour, brand, last4, exp_month, exp_year, fingerprint)
SELECT rowid, 'card', behaviour, brand, last4, exp_month, exp_year, fingerprint FROM token_1;

INSERT INTO token (id, account_id, instrument_id, created, used_by)
SELECT id, account_id, rowid, created, used_by FROM token_1;

INSERT INTO charge
  (seq, id, account_id, instrument_id, status, is_running, amount, amount_captured, currency,
   customer, reference, description, return_url, locale, failure_code, challenge, created)
SELECT c.seq, c.id, c.account_id, t.rowid, c.status, c.status = 'processing', c.amount,
  CASE c.status WHEN 'succeeded' THEN c.amount ELSE 0 END, c.currency,
  c.customer, c.reference, c.description, c.return_url, c.locale, c.failure_code, c.challenge,
  c.created
FROM charge_1 c JOIN token_1 t ON t.id = c.token_id;

INSERT INTO idempotency_key
  (account_id, key, operation, body_hash, charge_id, status, answer)
SELECT account_id, key, 'charge.create', body_hash, charge_id,
  CASE WHEN answer IS NULL THEN NULL ELSE 201 END, answer
FROM idempotency_key_1;

INSERT INTO timer (at, kind, subject)
SELECT challenge_ends, 'challenge', id FROM charge_1 WHERE status = 'requires_action';

INSERT INTO balance_transaction
  (id, account_id, type, source, charge_id, gross, fee, net, currency, available_on, created)
SELECT 'txn_' || lower(hex(randomblob(13))), account_id, 'charge', id, id, amount, fee,
  amount - fee, currency, date(created, '+2 days'), created
FROM (SELECT *, (amount * 29 + 500) / 1000 + 30 AS fee FROM charge_1 WHERE status = 'succeeded')
ORDER BY seq;

INSERT INTO timer (at, kind, subject)
SELECT DISTINCT available_on || 'T02:00:00.000Z', 'payout', account_id FROM balance_transaction
ORDER BY 1;

INSERT INTO delivery (event_seq, copy, state, attempts, due_at)
SELECT e.seq, d.copy, d.state, d.attempts, d.due_at + (
  SELECT CAST(value AS REAL) / 1000000 FROM setting WHERE name = 'clock_offset_microseconds'
)
FROM delivery_1 d JOIN event e ON e.id = d.event_id;

DROP TABLE delivery_1;
DROP TABLE charge_1;
DROP TABLE token_1;
DROP TABLE idempotency_key_1;
