"""The trail: records of changes, and shapes, seals and leaves, which only grow."""

import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

import counterfoil.infra.rows
import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable


def _id() -> tuple[str, models.Field]:
    return (
        "id",
        models.UUIDField(
            default=counterfoil.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
        ),
    )


def _business() -> tuple[str, models.Field]:
    return (
        "business",
        models.ForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="business.business",
        ),
    )


def _inside(to: str) -> models.Field:
    return counterfoil.infra.rows.BusinessForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
    )


class Migration(migrations.Migration):
    """Five tables of a business."""

    initial = True
    dependencies = [("business", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Record",
            fields=[
                _id(),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("origin", models.CharField(max_length=45)),
                ("source", models.CharField(max_length=63)),
                ("verb", models.CharField(max_length=10)),
                ("object_id", models.UUIDField(null=True)),
                ("changed", ArrayField(base_field=models.CharField(max_length=63), size=None)),
                ("digest", models.BinaryField()),
                _business(),
            ],
            options={
                "indexes": [
                    models.Index(fields=["business", "object_id", "-id"], name="audit_of_object")
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordValues",
            fields=[
                _id(),
                ("salt", models.UUIDField()),
                ("called", models.TextField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("boxes", models.JSONField(null=True)),
                _business(),
            ],
        ),
        migrations.CreateModel(
            name="Shape",
            fields=[
                _id(),
                ("columns", models.JSONField()),
                ("made_at", models.DateTimeField()),
                _business(),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                _id(),
                ("number", models.IntegerField()),
                ("count", models.IntegerField()),
                ("root", models.BinaryField()),
                ("head", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
                _business(),
                ("shape", _inside("audit.shape")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "number"), name="audit_seal_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0)), name="audit_seal_of_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                _id(),
                ("position", models.IntegerField()),
                ("source", models.CharField(max_length=63)),
                ("hash", models.BinaryField()),
                _business(),
                ("seal", _inside("audit.seal")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "seal", "position"), name="audit_leaf_once"
                    )
                ],
            },
        ),
        BusinessTable("Record", append_only=True),
        BusinessTable("RecordValues"),
        BusinessTable("Shape", append_only=True),
        BusinessTable("Seal", append_only=True),
        BusinessTable("Leaf", append_only=True),
    ]
