-- What pays may be one of the gateway's own pages too. An instrument keeps its number, and what
-- names it goes on naming it: foreign keys are held by name, and are checked again afterwards.
CREATE TABLE instrument_3 (
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
INSERT INTO instrument_3
  (id, kind, behaviour, brand, last4, exp_month, exp_year, fingerprint, wallet, scheme, country,
   holder, return_code)
SELECT id, kind, behaviour, brand, last4, exp_month, exp_year, fingerprint, wallet, scheme, country,
  holder, return_code
FROM instrument;
DROP TABLE instrument;
ALTER TABLE instrument_3 RENAME TO instrument;
