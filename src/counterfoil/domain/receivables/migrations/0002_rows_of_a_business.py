"""Gives these tables to their business in the database itself."""

from django.db import migrations

from counterfoil.infra.migration_words import BusinessTable

ITEM_IS_AN_INVOICE = """
ALTER TABLE receivables_openitem ADD CONSTRAINT receivables_openitem_invoice
  FOREIGN KEY (business_id, id) REFERENCES billing_invoice (business_id, id)
  DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    """Keys, references, row security."""

    dependencies = [
        ("receivables", "0001_initial"),
        ("billing", "0002_rows_of_a_business"),
        ("payments", "0002_rows_of_a_business"),
    ]
    operations = [
        BusinessTable("OpenItem"),
        BusinessTable("Claim"),
        BusinessTable("Credit"),
        BusinessTable("Allocation", append_only=True),
        migrations.RunSQL(ITEM_IS_AN_INVOICE, migrations.RunSQL.noop),
    ]
