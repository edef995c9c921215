"""Gives these tables to their business in the database itself."""

from django.db import migrations

from counterfoil.infra.migration_words import BusinessTable

CACHE = """
CREATE UNLOGGED TABLE infra_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX infra_cache_expires ON infra_cache (expires);
ALTER TABLE infra_ratecounter SET UNLOGGED;
"""


class Migration(migrations.Migration):
    """Keys, references, row security."""

    dependencies = [
        ("infra", "0001_initial"),
    ]
    operations = [
        BusinessTable("Event", append_only=True),
        BusinessTable("Transition", append_only=True),
        BusinessTable("IdempotentRequest"),
        migrations.RunSQL(CACHE, "DROP TABLE infra_cache"),
    ]
