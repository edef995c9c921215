"""Planned payments and what of which invoice they are for."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.infra.migration_words
import counterfoil.infra.rows
import counterfoil.kernel.ids


class Migration(migrations.Migration):
    """Two tables."""

    initial = True

    dependencies = [
        ("business", "0004_planning_and_surcharges"),
        ("customers", "0002_rows_of_a_business"),
        ("payments", "0007_chargeback_evidence"),
        ("receivables", "0004_chargebacks_and_write_offs"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScheduledPayment",
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
                ("state", models.CharField(default="planned", max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("pay_date", models.DateField()),
                ("timezone", models.CharField(max_length=60)),
                ("runs_at", models.DateTimeField()),
                ("form_key", models.CharField(max_length=80)),
                ("payer", models.CharField(max_length=200)),
                ("locale", models.CharField(max_length=10)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("told_at", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("tries", models.IntegerField(default=0)),
                ("charged_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=30)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "attempt",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        null=True,
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
                (
                    "customer",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "mandate",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.mandate",
                    ),
                ),
                (
                    "method",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.method",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "-id"], name="arrangements_of_customer"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["planned", "charging"])),
                        fields=["business", "runs_at"],
                        name="arrangements_to_run",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "form_key"), name="arrangements_schedule_form_once"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "attempt"), name="arrangements_one_attempt_a_schedule"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["planned", "charging", "paid", "failed", "ended", "cancelled"],
                            )
                        ),
                        name="arrangements_schedule_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mandate__isnull", True), ("method__isnull", False)),
                            models.Q(("mandate__isnull", False), ("method__isnull", True)),
                            _connector="OR",
                        ),
                        name="arrangements_schedule_one_way",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchedulePart",
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
                ("amount_minor", models.BigIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "invoice",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.openitem",
                    ),
                ),
                (
                    "schedule",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="arrangements.scheduledpayment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["business", "schedule"], name="arrangements_parts_of")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("business", "invoice"),
                        name="arrangements_one_live_schedule",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)),
                        name="arrangements_part_positive",
                    ),
                ],
            },
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="ScheduledPayment",
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="SchedulePart",
        ),
    ]
