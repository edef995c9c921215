"""Refunds, and how much of a payment they hold."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import counterfoil.infra.migration_words
import counterfoil.infra.rows
import counterfoil.kernel.ids


class Migration(migrations.Migration):
    """One table, three columns of a payment."""

    dependencies = [
        ("business", "0001_initial"),
        ("customers", "0002_rows_of_a_business"),
        ("payments", "0003_events_set_aside"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
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
                ("state", models.CharField(default="created", max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("form_key", models.CharField(max_length=170)),
                ("is_ours", models.BooleanField()),
                ("gateway_ref", models.CharField(blank=True, max_length=120)),
                ("failure_code", models.CharField(blank=True, max_length=40)),
                ("failure_detail", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("checks", models.IntegerField(default=0)),
                ("next_check_at", models.DateTimeField(null=True)),
                (
                    "attempt",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.attempt",
                    ),
                ),
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
                "indexes": [
                    models.Index(fields=["business", "attempt"], name="payments_refund_of"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["business", "next_check_at"],
                        name="payments_refund_to_check",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("looked_at__isnull", True), ("state__in", ["failed", "returned"])
                        ),
                        fields=["business", "finished_at"],
                        name="payments_refund_failed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "form_key"), name="payments_refund_form_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "created",
                                    "submitted",
                                    "pending",
                                    "unknown",
                                    "succeeded",
                                    "failed",
                                    "cancelled",
                                    "returned",
                                ],
                            )
                        ),
                        name="payments_refund_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="payments_refund_positive"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="over_refunding_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="attempt",
            name="refunded_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="attempt",
            name="refunding_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("gateway_ref", ""), _negated=True),
                fields=["business", "gateway_ref"],
                name="payments_by_charge",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("over_refunding_minor__gte", 0),
                    ("refunded_minor__gte", 0),
                    ("refunded_minor__lte", models.F("amount_minor")),
                    ("refunding_minor__gte", 0),
                    (
                        "refunding_minor__lte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount_minor"), "+", models.F("over_refunding_minor")
                            ),
                            "-",
                            models.F("refunded_minor"),
                        ),
                    ),
                ),
                name="payments_refunds_within_payment",
            ),
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Refund",
        ),
    ]
