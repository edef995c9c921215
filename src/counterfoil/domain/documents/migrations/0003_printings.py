"""Every file that was handed out, by its SHA-256 and the hash of its code: this list only grows."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable

_KNOWN = """
INSERT INTO documents_printing (business_id, id, kind, source_id, locale, sha256, code_hash, at)
SELECT business_id, uuidv7(), kind, source_id, locale, sha256, '', created_at
FROM documents_storeddocument
"""


class Migration(migrations.Migration):
    """One table of a business; what was stored before has no code."""

    dependencies = [
        ("business", "0001_initial"),
        ("documents", "0002_rows_of_a_business"),
    ]
    operations = [
        migrations.CreateModel(
            name="Printing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=counterfoil.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("source_id", models.UUIDField()),
                ("locale", models.CharField(max_length=10)),
                ("sha256", models.CharField(max_length=64)),
                ("code_hash", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "business",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="business.business",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "kind", "source_id", "locale", "sha256"),
                        name="documents_printed_once",
                    )
                ],
                "indexes": [
                    models.Index(fields=["business", "code_hash"], name="documents_by_code"),
                    models.Index(fields=["business", "sha256"], name="documents_by_file"),
                ],
            },
        ),
        BusinessTable("Printing", append_only=True),
        migrations.RunSQL(_KNOWN, migrations.RunSQL.noop),
    ]
