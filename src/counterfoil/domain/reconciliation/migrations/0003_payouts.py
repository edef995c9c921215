"""Payouts with what they pay, and what a gateway's own list says differently."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import counterfoil.infra.migration_words
import counterfoil.infra.rows
import counterfoil.kernel.ids


class Migration(migrations.Migration):
    """Four tables, and what a bank line may be."""

    dependencies = [
        ("business", "0003_bank_debit"),
        ("payments", "0007_chargeback_evidence"),
        ("reconciliation", "0002_rows_of_a_business"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cursor",
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
                ("compared_until", models.DateTimeField()),
                ("compared_at", models.DateTimeField()),
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
        ),
        migrations.CreateModel(
            name="Discrepancy",
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
                ("kind", models.CharField(max_length=30)),
                ("ref", models.CharField(max_length=120)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("charge", models.CharField(blank=True, max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("theirs", models.CharField(blank=True, max_length=40)),
                ("ours", models.CharField(blank=True, max_length=40)),
                (
                    "instrument_kind",
                    models.CharField(blank=True, db_default="", max_length=20),
                ),
                (
                    "instrument_brand",
                    models.CharField(blank=True, db_default="", max_length=30),
                ),
                (
                    "instrument_last4",
                    models.CharField(blank=True, db_default="", max_length=4),
                ),
                ("occurred_at", models.DateTimeField()),
                ("found_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, db_default="", max_length=120)),
                ("remark", models.CharField(blank=True, db_default="", max_length=300)),
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
                    "gateway_account",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.gatewayaccount",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["business", "found_at"],
                        name="reconciliation_discrepancies",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "gateway_account", "kind", "ref"),
                        name="reconciliation_discrepancy_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payout",
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
                ("gateway_ref", models.CharField(max_length=120)),
                ("state", models.CharField(default="in_transit", max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("difference_minor", models.BigIntegerField(db_default=0)),
                ("descriptor", models.CharField(blank=True, max_length=120)),
                ("arrival_date", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("read_at", models.DateTimeField()),
                ("arrived_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, db_default="", max_length=300)),
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
                    "gateway_account",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.gatewayaccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "gateway_account", "gateway_ref"),
                        name="reconciliation_payout_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["in_transit", "paid", "arrived", "failed"])
                        ),
                        name="reconciliation_payout_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)),
                        name="reconciliation_payout_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutLine",
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
                ("gateway_ref", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=20)),
                ("gross_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("source", models.CharField(blank=True, max_length=120)),
                ("charge", models.CharField(blank=True, max_length=120)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("problem", models.CharField(blank=True, max_length=30)),
                ("suspense_minor", models.BigIntegerField(db_default=0)),
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
                    "chargeback",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.chargeback",
                    ),
                ),
                (
                    "payout",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.payout",
                    ),
                ),
                (
                    "refund",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.refund",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("suspense_minor", 0), _negated=True),
                        fields=["business", "payout"],
                        name="reconciliation_unexplained",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "payout", "gateway_ref"),
                        name="reconciliation_movement_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["charge", "return"])),
                        fields=("business", "attempt", "kind"),
                        name="reconciliation_paid_out_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("gross_minor"), "-", models.F("fee_minor")
                                ),
                            )
                        ),
                        name="reconciliation_movement_net",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="reconciliation_settled_is_paid",
        ),
        migrations.AddField(
            model_name="bankline",
            name="payout",
            field=counterfoil.infra.rows.BusinessForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.payout",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("attempt__isnull", False), ("payout__isnull", True), ("state", "settled")
                    ),
                    models.Q(
                        ("attempt__isnull", True), ("payout__isnull", False), ("state", "settled")
                    ),
                    models.Q(
                        models.Q(("state", "settled"), _negated=True),
                        ("attempt__isnull", True),
                        ("payout__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reconciliation_settled_is_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                fields=("business", "payout"), name="reconciliation_payout_arrives_once"
            ),
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Payout",
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="PayoutLine",
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Discrepancy",
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Cursor",
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="BankLine",
        ),
    ]
