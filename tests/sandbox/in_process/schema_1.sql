-- The gateway's own truth. Times are RFC 3339 text of the sandbox clock, so they sort as text;
-- only delivery.due_at is real time (seconds), because receivers live in real time.
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
  created TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS fault (
  account_id TEXT PRIMARY KEY REFERENCES account (id),
  webhooks TEXT NOT NULL CHECK (webhooks IN ('ok', 'lost', 'duplicated')),
  answers TEXT NOT NULL CHECK (answers IN ('ok', 'lost')),
  delay_seconds REAL NOT NULL CHECK (delay_seconds >= 0)
) STRICT;

-- A card as the gateway remembers it: never its number, only a salted fingerprint.
CREATE TABLE IF NOT EXISTS token (
  id TEXT PRIMARY KEY,
  account_id TEXT REFERENCES account (id),
  behaviour TEXT NOT NULL,
  brand TEXT NOT NULL,
  last4 TEXT NOT NULL,
  exp_month INTEGER NOT NULL,
  exp_year INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  created TEXT NOT NULL,
  used_by TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS charge (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  token_id TEXT NOT NULL UNIQUE REFERENCES token (id),
  status TEXT NOT NULL
    CHECK (status IN ('processing', 'requires_action', 'succeeded', 'failed')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  customer TEXT NOT NULL,
  reference TEXT NOT NULL,
  description TEXT NOT NULL,
  return_url TEXT NOT NULL,
  locale TEXT NOT NULL,
  failure_code TEXT CHECK ((failure_code IS NOT NULL) = (status = 'failed')),
  challenge TEXT UNIQUE,
  challenge_ends TEXT,
  created TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS charge_reference ON charge (account_id, reference);
CREATE INDEX IF NOT EXISTS charge_customer ON charge (customer, seq);
CREATE INDEX IF NOT EXISTS charge_open ON charge (status, challenge_ends)
  WHERE status IN ('processing', 'requires_action');

-- One row a key: without an answer, its charge is still running.
CREATE TABLE IF NOT EXISTS idempotency_key (
  account_id TEXT NOT NULL REFERENCES account (id),
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  charge_id TEXT NOT NULL UNIQUE,
  answer TEXT,
  PRIMARY KEY (account_id, key)
) STRICT;

CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id),
  body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS event_account ON event (account_id, seq);

CREATE TABLE IF NOT EXISTS delivery (
  event_id TEXT NOT NULL REFERENCES event (id),
  copy INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'delivered', 'given_up', 'lost', 'off')),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at REAL NOT NULL,
  PRIMARY KEY (event_id, copy)
) STRICT;
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at) WHERE state = 'due';
