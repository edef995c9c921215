"""Gives these tables to their business in the database itself."""

from django.db import migrations

from counterfoil.infra.migration_words import BusinessTable

CURRENCIES_AGREE = """
ALTER TABLE ledger_posting
  DROP CONSTRAINT ledger_posting_debit_account_id_business_fk,
  DROP CONSTRAINT ledger_posting_credit_account_id_business_fk;
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_debit_currency
  FOREIGN KEY (business_id, debit_account_id, currency)
  REFERENCES ledger_account (business_id, id, currency);
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_credit_currency
  FOREIGN KEY (business_id, credit_account_id, currency)
  REFERENCES ledger_account (business_id, id, currency);
ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_business_fk;
ALTER TABLE ledger_balance ADD CONSTRAINT ledger_balance_account
  FOREIGN KEY (business_id, id) REFERENCES ledger_account (business_id, id);
"""


class Migration(migrations.Migration):
    """Keys, references, row security."""

    dependencies = [
        ("ledger", "0001_initial"),
    ]
    operations = [
        BusinessTable("Account"),
        BusinessTable("JournalEntry", append_only=True),
        BusinessTable("Posting", append_only=True),
        BusinessTable("Balance"),
        migrations.RunSQL(CURRENCIES_AGREE, migrations.RunSQL.noop),
    ]
