"""Notes: what happened and changed no watched row."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable


class Migration(migrations.Migration):
    """One table of a business, which only grows."""

    dependencies = [("audit", "0002_watched"), ("business", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Note",
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
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("origin", models.CharField(max_length=45)),
                ("kind", models.CharField(max_length=30)),
                ("subject", models.CharField(max_length=120)),
                ("customer_id", models.UUIDField(null=True)),
                ("once", models.CharField(max_length=20, null=True)),
                ("digest", models.BinaryField(null=True)),
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
                        fields=("business", "once", "actor", "kind", "subject"),
                        name="audit_note_once",
                    )
                ],
                "indexes": [
                    models.Index(fields=["business", "subject", "-id"], name="audit_note_subject"),
                    models.Index(
                        fields=["business", "customer_id", "-id"], name="audit_note_customer"
                    ),
                    models.Index(fields=["business", "actor", "-id"], name="audit_note_actor"),
                ],
            },
        ),
        BusinessTable("Note", append_only=True),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["business", "actor", "-id"], name="audit_by_actor"),
        ),
    ]
