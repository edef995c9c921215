"""Copies, erasures and retention: three tables of a business."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.infra.rows
import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable

WATCHED = """
CREATE TRIGGER watched AFTER INSERT OR UPDATE OR DELETE ON privacy_retention
FOR EACH ROW EXECUTE FUNCTION audit_watched('', '')
"""


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


def _customer() -> tuple[str, models.Field]:
    return (
        "customer",
        counterfoil.infra.rows.BusinessForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="customers.customer",
        ),
    )


class Migration(migrations.Migration):
    """What is done about personal data, and how long it is kept."""

    initial = True
    dependencies = [
        ("audit", "0002_watched"),
        ("business", "0001_initial"),
        ("customers", "0002_rows_of_a_business"),
    ]
    operations = [
        migrations.CreateModel(
            name="Copy",
            fields=[
                _id(),
                ("contact_id", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("size", models.BigIntegerField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                _business(),
                _customer(),
            ],
            options={
                "indexes": [
                    models.Index(fields=["business", "customer", "-id"], name="privacy_copies_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__isnull", True),
                            ("made_at__isnull", True),
                            ("size__isnull", True),
                        )
                        | models.Q(
                            ("expires_at__isnull", False),
                            ("made_at__isnull", False),
                            ("size__isnull", False),
                        ),
                        name="privacy_copy_made_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                _id(),
                ("contact_id", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=120)),
                ("erased_at", models.DateTimeField(null=True)),
                ("declined_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("figures", models.JSONField(default=dict)),
                _business(),
                _customer(),
            ],
            options={
                "indexes": [
                    models.Index(fields=["business", "customer", "-id"], name="privacy_erasures_of")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("declined_at__isnull", True), ("erased_at__isnull", True)
                        ),
                        fields=("business", "customer", "contact_id"),
                        name="privacy_one_open_erasure",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True),
                            ("declined_at__isnull", True),
                            _connector="OR",
                        ),
                        name="privacy_erasure_one_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[_id(), ("days", models.JSONField(default=dict)), _business()],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("business",), name="privacy_one_retention")
                ],
            },
        ),
        BusinessTable("Copy"),
        BusinessTable("Erasure"),
        BusinessTable("Retention"),
        migrations.RunSQL(WATCHED, "DROP TRIGGER watched ON privacy_retention"),
    ]
