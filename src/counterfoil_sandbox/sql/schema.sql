-- The gateway's own truth. Times are RFC 3339 text of the sandbox clock, so they sort as text;
-- delivery.due_at is the sandbox clock too, as seconds, because waits are reckoned with it.
-- Amounts are minor units of the row's currency. A number `seq` is the sequence of writing: rows
-- that have one are never deleted.
CREATE TABLE IF NOT EXISTS setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS account (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  business_id TEXT NOT NULL,
  webhook_url TEXT NOT NULL,
  webhook_secret TEXT NOT NULL,
  secret_key TEXT NOT NULL UNIQUE,
  publishable_key TEXT NOT NULL UNIQUE,
  origins TEXT NOT NULL,
  created TEXT NOT NULL,
  settings TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE IF NOT EXISTS fault (
  account_id TEXT PRIMARY KEY REFERENCES account (id),
  webhooks TEXT NOT NULL CHECK (webhooks IN ('ok', 'lost', 'duplicated')),
  answers TEXT NOT NULL CHECK (answers IN ('ok', 'lost')),
  delay_seconds REAL NOT NULL CHECK (delay_seconds >= 0)
) STRICT;

-- A script of faults, and how far it has run. An empty account is every account without its own.
CREATE TABLE IF NOT EXISTS fault_plan (
  account_id TEXT PRIMARY KEY,
  plan TEXT NOT NULL,
  counts TEXT NOT NULL,
  hits TEXT NOT NULL
) STRICT;

-- What happens later by itself: one row a moment, taken in the sequence of the times.
CREATE TABLE IF NOT EXISTS timer (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  UNIQUE (kind, subject, at)
) STRICT;
CREATE INDEX IF NOT EXISTS timer_at ON timer (at, seq);

-- What pays, as the gateway remembers it: never its number, only a salted fingerprint.
CREATE TABLE IF NOT EXISTS instrument (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (
    kind IN ('card', 'wallet', 'bank_debit', 'bank_redirect', 'digital_currency')
  ),
  behaviour TEXT NOT NULL,
  brand TEXT NOT NULL DEFAULT '',
  last4 TEXT NOT NULL,
  exp_month INTEGER,
  exp_year INTEGER,
  fingerprint TEXT NOT NULL,
  wallet TEXT NOT NULL DEFAULT '',
  scheme TEXT NOT NULL DEFAULT '',
  country TEXT NOT NULL DEFAULT '',
  holder TEXT NOT NULL DEFAULT '',
  return_code TEXT NOT NULL DEFAULT '',
  CHECK ((kind IN ('card', 'wallet')) = (exp_year IS NOT NULL)),
  CHECK ((kind = 'bank_debit') = (scheme <> '')),
  CHECK ((kind = 'wallet') = (wallet <> ''))
) STRICT;

CREATE TABLE IF NOT EXISTS token (
  id TEXT PRIMARY KEY,
  account_id TEXT REFERENCES account (id),
  instrument_id INTEGER NOT NULL REFERENCES instrument (id),
  created TEXT NOT NULL,
  used_by TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS mandate (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  token_id TEXT NOT NULL UNIQUE REFERENCES token (id),
  instrument_id INTEGER NOT NULL REFERENCES instrument (id),
  status TEXT NOT NULL CHECK (status IN ('active', 'revoked', 'failed')),
  scheme TEXT NOT NULL,
  reference TEXT NOT NULL,
  customer TEXT NOT NULL,
  accepted_at TEXT NOT NULL,
  evidence TEXT NOT NULL,
  reason TEXT,
  created TEXT NOT NULL,
  ended_at TEXT CHECK ((ended_at IS NULL) = (status = 'active')),
  UNIQUE (account_id, reference)
) STRICT;

CREATE TABLE IF NOT EXISTS method (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  instrument_id INTEGER NOT NULL REFERENCES instrument (id),
  mandate_id TEXT REFERENCES mandate (id),
  customer TEXT NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  deleted_at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS method_customer ON method (account_id, customer);

CREATE TABLE IF NOT EXISTS charge (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  instrument_id INTEGER NOT NULL REFERENCES instrument (id),
  method_id TEXT REFERENCES method (id),
  mandate_id TEXT REFERENCES mandate (id),
  status TEXT NOT NULL CHECK (
    status IN ('processing', 'requires_action', 'succeeded', 'failed', 'cancelled')
  ),
  is_running INTEGER NOT NULL DEFAULT 0 CHECK (NOT is_running OR status = 'processing'),
  amount INTEGER NOT NULL CHECK (amount > 0),
  amount_captured INTEGER NOT NULL DEFAULT 0
    CHECK (amount_captured = CASE status WHEN 'succeeded' THEN amount ELSE 0 END),
  amount_refunded INTEGER NOT NULL DEFAULT 0
    CHECK (amount_refunded BETWEEN 0 AND amount_captured),
  amount_disputed INTEGER NOT NULL DEFAULT 0
    CHECK (amount_disputed BETWEEN 0 AND amount_captured),
  amount_returned INTEGER NOT NULL DEFAULT 0
    CHECK (amount_returned BETWEEN 0 AND amount_captured),
  currency TEXT NOT NULL,
  customer TEXT NOT NULL,
  reference TEXT NOT NULL,
  description TEXT NOT NULL,
  return_url TEXT NOT NULL,
  locale TEXT NOT NULL,
  off_session INTEGER NOT NULL DEFAULT 0,
  saves INTEGER NOT NULL DEFAULT 0,
  failure_code TEXT CHECK ((failure_code IS NOT NULL) = (status = 'failed')),
  return_code TEXT,
  returned_at TEXT,
  settles_at TEXT,
  cancellable_until TEXT,
  challenge TEXT,
  created TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS charge_reference ON charge (account_id, reference);
CREATE INDEX IF NOT EXISTS charge_customer ON charge (customer, seq);
CREATE INDEX IF NOT EXISTS charge_running ON charge (id) WHERE is_running;
CREATE UNIQUE INDEX IF NOT EXISTS charge_challenge ON charge (challenge)
  WHERE challenge IS NOT NULL;

CREATE TABLE IF NOT EXISTS refund (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  charge_id TEXT NOT NULL REFERENCES charge (id),
  status TEXT NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  reference TEXT NOT NULL,
  failure_code TEXT CHECK ((failure_code IS NOT NULL) = (status = 'failed')),
  created TEXT NOT NULL,
  UNIQUE (account_id, reference)
) STRICT;
CREATE INDEX IF NOT EXISTS refund_charge ON refund (charge_id, seq);

CREATE TABLE IF NOT EXISTS dispute (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  charge_id TEXT NOT NULL UNIQUE REFERENCES charge (id),
  status TEXT NOT NULL CHECK (status IN ('needs_response', 'under_review', 'won', 'lost')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  fee INTEGER NOT NULL CHECK (fee >= 0),
  reason_code TEXT NOT NULL,
  evidence TEXT,
  evidence_due_at TEXT NOT NULL,
  created TEXT NOT NULL,
  decided_at TEXT CHECK ((decided_at IS NULL) = (status IN ('needs_response', 'under_review')))
) STRICT;

CREATE TABLE IF NOT EXISTS payout (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  status TEXT NOT NULL CHECK (status IN ('in_transit', 'paid', 'failed')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  arrival_date TEXT NOT NULL,
  statement_descriptor TEXT NOT NULL UNIQUE,
  failure_code TEXT CHECK ((failure_code IS NOT NULL) = (status = 'failed')),
  created TEXT NOT NULL
) STRICT;

-- Every movement of money. The balance is their sum; a row is never changed, only put in a payout.
CREATE TABLE IF NOT EXISTS balance_transaction (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  type TEXT NOT NULL CHECK (type IN (
    'charge', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal', 'fee', 'return',
    'payout', 'payout_reversal'
  )),
  source TEXT NOT NULL,
  charge_id TEXT REFERENCES charge (id),
  gross INTEGER NOT NULL,
  fee INTEGER NOT NULL,
  net INTEGER NOT NULL CHECK (net = gross - fee),
  currency TEXT NOT NULL,
  available_on TEXT NOT NULL,
  payout_id TEXT REFERENCES payout (id),
  created TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS balance_payout ON balance_transaction (payout_id)
  WHERE payout_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS balance_charge ON balance_transaction (charge_id);
CREATE INDEX IF NOT EXISTS balance_open ON balance_transaction (account_id, available_on)
  WHERE payout_id IS NULL;

-- One row a key: without an answer, its call is still running.
CREATE TABLE IF NOT EXISTS idempotency_key (
  account_id TEXT NOT NULL REFERENCES account (id),
  key TEXT NOT NULL,
  operation TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  charge_id TEXT,
  status INTEGER,
  answer TEXT CHECK ((answer IS NULL) = (status IS NULL)),
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS event_account ON event (account_id, seq);

CREATE TABLE IF NOT EXISTS delivery (
  event_seq INTEGER NOT NULL REFERENCES event (seq),
  copy INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'delivered', 'given_up', 'lost', 'off')),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at REAL NOT NULL,
  twist TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (event_seq, copy)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at) WHERE state = 'due';
