"""Gives these tables to their business in the database itself."""

from django.db import migrations

from counterfoil.infra.migration_words import BusinessTable


class Migration(migrations.Migration):
    """Keys, references, row security."""

    dependencies = [
        ("notifications", "0001_initial"),
        ("customers", "0002_rows_of_a_business"),
    ]
    operations = [
        BusinessTable("Message"),
    ]
