"""What was given back of a credit, and allocations that take others off again."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.infra.rows
from counterfoil.infra.migration_words import BusinessTable


class Migration(migrations.Migration):
    """Two references, one column, their limits."""

    dependencies = [
        ("business", "0001_initial"),
        ("customers", "0002_rows_of_a_business"),
        ("payments", "0004_refunds"),
        ("receivables", "0002_rows_of_a_business"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="allocation",
            name="receivables_allocation_positive",
        ),
        migrations.AddField(
            model_name="allocation",
            name="refund",
            field=counterfoil.infra.rows.BusinessForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.refund",
            ),
        ),
        migrations.AddField(
            model_name="allocation",
            name="reverses",
            field=counterfoil.infra.rows.BusinessForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="receivables.allocation",
            ),
        ),
        migrations.AddField(
            model_name="credit",
            name="refunded_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_minor__gt", 0),
                        ("refund__isnull", True),
                        ("reverses__isnull", True),
                    ),
                    models.Q(("amount_minor__lt", 0), ("reverses__isnull", False)),
                    _connector="OR",
                ),
                name="receivables_allocation_sign",
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_minor__gte", 0), ("refunded_minor__lte", models.F("applied_minor"))
                ),
                name="receivables_refunds_within_credit",
            ),
        ),
        BusinessTable("Allocation", append_only=True),
    ]
