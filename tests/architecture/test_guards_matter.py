"""Each guard is taken away once, in a scratch database, and what it held back then happens."""

import psycopg
import pytest

from factories import database as db

BUSINESS = "10000000-0000-7000-8000-000000000001"
CUSTOMER, INTENT, ACCOUNT, ATTEMPT, INVOICE, CREDIT = (
    f"20000000-0000-7000-8000-00000000000{number}" for number in range(6)
)
ROWS = f"""
INSERT INTO business_business (id, slug, name, legal_name, address, tax_id, email,
  locale, timezone, currency, accent, logo_type, brand_version, part_floor,
  takes_prepayments, applies_credit, created_at)
VALUES ('{BUSINESS}', 'a', 'A', '', '{{}}', '', '', 'en', 'UTC', 'EUR', '#000000', '', 1,
  1, false, false, now());
SET LOCAL app.business_id = '{BUSINESS}';
INSERT INTO customers_customer (business_id, id, name, email, phone, locale, timezone, currency,
  tax_id, address, external_ref, created_at)
VALUES ('{BUSINESS}', '{CUSTOMER}', 'Alice', '', '', 'en', 'UTC', 'EUR', '', '', '', now());
INSERT INTO billing_invoice (business_id, id, customer_id, number, currency, issue_date, issued_at,
  created_at, discount_percent, subtotal_minor, discount_minor, tax_minor, total_minor, line_count,
  notes, external_ref, party, state, due_date)
VALUES ('{BUSINESS}', '{INVOICE}', '{CUSTOMER}', 'INV-1', 'EUR', '2026-03-01', now(), now(), 0,
  100, 0, 0, 100, 1, '', '', '', 'issued', '2026-03-31');
INSERT INTO receivables_openitem (business_id, id, customer_id, number, external_ref,
  creditor_ref, qr_ref, currency, issue_date, due_date, total_minor, paid_minor, credited_minor,
  is_void)
VALUES ('{BUSINESS}', '{INVOICE}', '{CUSTOMER}', 'INV-1', '', '', '', 'EUR', '2026-03-01',
  '2026-03-31', 100, 0, 0, false);
INSERT INTO receivables_credit (business_id, id, customer_id, kind, currency, total_minor,
  applied_minor, created_at)
VALUES ('{BUSINESS}', '{CREDIT}', '{CUSTOMER}', 'credit_note', 'EUR', 100, 0, now());
INSERT INTO infra_event (business_id, id, kind, body, happened_at, tx)
VALUES ('{BUSINESS}', '{INVOICE}', 'invoice.issued', '{{}}', now(), 1);
INSERT INTO payments_gatewayaccount (business_id, id, kind, name, settings, secrets, is_active,
  created_at)
VALUES ('{BUSINESS}', '{ACCOUNT}', 'sandbox', '', '{{}}', '', true, now());
INSERT INTO payments_intent (business_id, id, customer_id, currency, amount_minor, form_key,
  created_at, created_by)
VALUES ('{BUSINESS}', '{INTENT}', '{CUSTOMER}', 'EUR', 100, 'form', now(), 'Alice');
INSERT INTO payments_attempt (business_id, id, intent_id, customer_id, gateway_account_id, state,
  currency, amount_minor, payer, locale, gateway_ref, instrument_kind, instrument_brand,
  instrument_last4, failure_code, failure_detail, step_url, created_at, checks)
VALUES ('{BUSINESS}', '{ATTEMPT}', '{INTENT}', '{CUSTOMER}', '{ACCOUNT}', 'submitted', 'EUR', 100,
  '', '', '', '', '', '', '', '', '', now(), 0);
INSERT INTO receivables_claim (business_id, id, invoice_id, attempt_id, amount_minor, taken_at,
  taken_by, taken_by_ref)
VALUES ('{BUSINESS}', '{INTENT}', '{INVOICE}', '{ATTEMPT}', 100, now(), 'Alice', 'system');
INSERT INTO ledger_account (business_id, id, kind, currency, keeps_balance)
VALUES ('{BUSINESS}', '{INTENT}', 'revenue', 'EUR', false),
       ('{BUSINESS}', '{ACCOUNT}', 'tax', 'USD', false);
INSERT INTO ledger_journalentry (business_id, id, kind, source_id, idempotency_key, occurred_at,
  posted_at, memo)
VALUES ('{BUSINESS}', '{CREDIT}', 'invoice_issued', '{INVOICE}', 'key', now(), now(), '');
SET CONSTRAINTS ALL IMMEDIATE;
"""

# what is tried; what holds it back; the error; how the guard is taken away
GUARDS = {
    "one open claim per invoice": (
        f"""INSERT INTO receivables_claim (business_id, id, invoice_id, attempt_id, amount_minor,
          taken_at, taken_by, taken_by_ref)
        VALUES ('{BUSINESS}', '{CREDIT}', '{INVOICE}', '{ATTEMPT}', 100, now(), 'Bob', 'system')""",
        psycopg.errors.UniqueViolation,
        "DROP INDEX receivables_one_open_attempt",
    ),
    "events only grow": (
        "UPDATE infra_event SET kind = 'nothing'",
        psycopg.errors.IntegrityConstraintViolation,
        "DROP TRIGGER append_only ON infra_event",
    ),
    "entries are never deleted": (
        "DELETE FROM ledger_journalentry",
        psycopg.errors.IntegrityConstraintViolation,
        "DROP TRIGGER append_only ON ledger_journalentry",
    ),
    "refunds stay within their payment": (
        f"UPDATE payments_attempt SET refunding_minor = 60, refunded_minor = 41 "
        f"WHERE id = '{ATTEMPT}'",
        psycopg.errors.CheckViolation,
        "ALTER TABLE payments_attempt DROP CONSTRAINT payments_refunds_within_payment",
    ),
    "a refund's form is taken once": (
        f"""INSERT INTO payments_refund (business_id, id, attempt_id, state, currency, amount_minor,
          reason, form_key, is_ours, gateway_ref, failure_code, failure_detail, created_at,
          created_by, checks)
        SELECT '{BUSINESS}', g.id::uuid, '{ATTEMPT}', 'created', 'EUR', 1, '', 'form', true, '', '',
          '', now(), '', 0 FROM unnest(ARRAY['{CREDIT}', '{INVOICE}']) AS g(id)""",
        psycopg.errors.UniqueViolation,
        "ALTER TABLE payments_refund DROP CONSTRAINT payments_refund_form_once",
    ),
    "what is taken off names what put it on": (
        f"""INSERT INTO receivables_allocation (business_id, id, credit_id, invoice_id,
          amount_minor, at)
        VALUES ('{BUSINESS}', '{CREDIT}', '{CREDIT}', '{INVOICE}', -1, now())""",
        psycopg.errors.CheckViolation,
        "ALTER TABLE receivables_allocation DROP CONSTRAINT receivables_allocation_sign",
    ),
    "never more on an invoice than it comes to": (
        "UPDATE receivables_openitem SET paid_minor = 60, credited_minor = 41",
        psycopg.errors.CheckViolation,
        "ALTER TABLE receivables_openitem DROP CONSTRAINT receivables_within_invoice",
    ),
    "never more of a credit than there is": (
        "UPDATE receivables_credit SET applied_minor = 101",
        psycopg.errors.CheckViolation,
        "ALTER TABLE receivables_credit DROP CONSTRAINT receivables_within_credit",
    ),
    "an issued invoice is never edited": (
        "UPDATE billing_invoice SET notes = 'changed'",
        psycopg.errors.IntegrityConstraintViolation,
        "DROP TRIGGER never_edited ON billing_invoice",
    ),
    "a number is given once": (
        f"""INSERT INTO billing_invoice (business_id, id, customer_id, number, currency, issue_date,
          issued_at, created_at, discount_percent, subtotal_minor, discount_minor, tax_minor,
          total_minor, line_count, notes, external_ref, party, state, due_date)
        SELECT business_id, '{CREDIT}', customer_id, number, currency, issue_date, issued_at,
          created_at, 0, 100, 0, 0, 100, 1, '', '', '', state, due_date FROM billing_invoice""",
        psycopg.errors.UniqueViolation,
        "DROP INDEX billing_invoice_number_once",
    ),
    "the sums of an invoice": (
        f"""INSERT INTO billing_invoice (business_id, id, customer_id, number, currency,
          created_at, discount_percent, subtotal_minor, discount_minor, tax_minor,
          total_minor, line_count, notes, external_ref, party, state)
        VALUES ('{BUSINESS}', '{CREDIT}', '{CUSTOMER}', '', 'EUR', now(), 0, 100, 0, 20, 121, 1,
          '', '', '', 'draft')""",
        psycopg.errors.CheckViolation,
        "ALTER TABLE billing_invoice DROP CONSTRAINT billing_invoice_sum",
    ),
    "a posting is of its accounts' currency": (
        f"""INSERT INTO ledger_posting (business_id, id, entry_id, seq, debit_account_id,
          credit_account_id, amount_minor, currency)
        VALUES ('{BUSINESS}', '{CREDIT}', '{CREDIT}', 1, '{INTENT}', '{ACCOUNT}', 1, 'EUR')""",
        psycopg.errors.ForeignKeyViolation,
        "ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_credit_currency",
    ),
    "a posting is positive": (
        f"""INSERT INTO ledger_posting (business_id, id, entry_id, seq, debit_account_id,
          credit_account_id, amount_minor, currency)
        VALUES ('{BUSINESS}', '{CREDIT}', '{CREDIT}', 1, '{INTENT}', '{ACCOUNT}', 0, 'EUR')""",
        psycopg.errors.CheckViolation,
        """ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_positive,
          DROP CONSTRAINT ledger_posting_credit_currency""",
    ),
    "an entry is written once": (
        f"""INSERT INTO ledger_journalentry (business_id, id, kind, source_id, idempotency_key,
          occurred_at, posted_at, memo)
        VALUES ('{BUSINESS}', '{INVOICE}', 'invoice_issued', '{INVOICE}', 'key', now(), now(),
          '')""",
        psycopg.errors.UniqueViolation,
        "ALTER TABLE ledger_journalentry DROP CONSTRAINT ledger_entry_once",
    ),
}


@pytest.fixture(scope="module")
def scratch(server, template):
    made = db.clone(server, template)
    yield made
    db.drop(server, made)


@pytest.fixture
def owner(scratch):
    """The owner, inside a transaction that is thrown away, with a row of everything."""
    with psycopg.connect(scratch.owner_url) as connection:
        connection.execute(ROWS)
        yield connection
        connection.rollback()


def attempt(owner, statement):
    with owner.transaction():
        assert owner.execute(statement).rowcount > 0


@pytest.mark.parametrize("name", GUARDS)
def test_the_guard_holds_and_matters(owner, name):
    statement, error, without = GUARDS[name]
    with pytest.raises(error):
        attempt(owner, statement)

    owner.execute(without)

    owner.execute(statement)


def test_row_security_holds_and_matters(scratch, owner):
    """As the application: no row without its business; all of them once the policy is gone."""
    owner.execute("COMMIT")
    try:
        with psycopg.connect(scratch.app_url, autocommit=True) as app:
            assert app.execute("SELECT count(*) FROM customers_customer").fetchone() == (0,)
            owner.execute("ALTER TABLE customers_customer DISABLE ROW LEVEL SECURITY")
            owner.execute("COMMIT")
            assert app.execute("SELECT count(*) FROM customers_customer").fetchone() == (1,)
    finally:
        owner.execute("ALTER TABLE customers_customer ENABLE ROW LEVEL SECURITY")
        owner.execute("COMMIT")
        db.Emptier(scratch)()
