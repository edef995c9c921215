"""Gives this table to its business in the database itself."""

from django.db import migrations

from counterfoil.infra.migration_words import BusinessTable


class Migration(migrations.Migration):
    """Keys, references, row security."""

    dependencies = [
        ("reconciliation", "0001_initial"),
        ("business", "0002_rows_of_a_business"),
        ("payments", "0002_rows_of_a_business"),
    ]
    operations = [BusinessTable("BankLine")]
