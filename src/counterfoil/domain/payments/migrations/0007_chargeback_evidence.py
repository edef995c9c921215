"""What chargebacks hold of their payments, and the files that answer them."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import counterfoil.infra.migration_words
import counterfoil.infra.rows
import counterfoil.kernel.ids


class Migration(migrations.Migration):
    """Columns of payments and chargebacks, the cap with them in it, one table."""

    dependencies = [
        ("business", "0002_rows_of_a_business"),
        ("payments", "0006_routes"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="contested_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="attempt",
            name="charged_back_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="chargeback",
            name="held_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="chargeback",
            name="taken_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="chargeback",
            name="problem",
            field=models.CharField(blank=True, db_default="", max_length=30),
        ),
        migrations.AddField(
            model_name="chargeback",
            name="looked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveConstraint(
            model_name="attempt",
            name="payments_refunds_within_payment",
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("charged_back_minor__gte", 0),
                    ("contested_minor__gte", 0),
                    ("over_refunding_minor__gte", 0),
                    ("refunded_minor__gte", 0),
                    ("refunded_minor__lte", models.F("amount_minor")),
                    ("refunding_minor__gte", 0),
                    (
                        "refunding_minor__lte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("amount_minor"),
                                        "+",
                                        models.F("over_refunding_minor"),
                                    ),
                                    "-",
                                    models.F("refunded_minor"),
                                ),
                                "-",
                                models.F("contested_minor"),
                            ),
                            "-",
                            models.F("charged_back_minor"),
                        ),
                    ),
                ),
                name="payments_refunds_within_payment",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="chargeback",
            name="payments_chargeback_positive",
        ),
        migrations.AddConstraint(
            model_name="chargeback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    ("fee_minor__gte", 0),
                    ("taken_minor__gte", 0),
                    ("taken_minor__lte", models.F("held_minor")),
                ),
                name="payments_chargeback_positive",
            ),
        ),
        migrations.AddIndex(
            model_name="chargeback",
            index=models.Index(
                condition=models.Q(("looked_at__isnull", True), ("state", "lost")),
                fields=["business", "decided_at"],
                name="payments_chargebacks_lost",
            ),
        ),
        migrations.CreateModel(
            name="Evidence",
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
                ("name", models.CharField(max_length=120)),
                ("media_type", models.CharField(max_length=40)),
                ("size", models.IntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=120)),
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
                (
                    "chargeback",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.chargeback",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "chargeback", "sha256"), name="payments_evidence_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)), name="payments_evidence_not_empty"
                    ),
                ],
            },
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Evidence",
        ),
    ]
