"""Gives the bank accounts to their business in the database itself."""

from django.db import migrations

from counterfoil.infra.migration_words import BusinessTable


class Migration(migrations.Migration):
    """Keys, references, row security."""

    dependencies = [("business", "0001_initial")]
    operations = [BusinessTable("BankAccount")]
