"""Mandates, saved methods and chargebacks, and what a payment knows of them."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.infra.migration_words
import counterfoil.infra.rows
import counterfoil.infra.secrets.fields
import counterfoil.kernel.ids


def _sealed(column: str) -> models.Q:
    form = r"^v1\.[^.]+\.[^.]+\.[^.]+$"
    return models.Q((column, ""), (f"{column}__regex", form), _connector="OR")


class Migration(migrations.Migration):
    """Three tables, five columns of a payment, one of a refund."""

    dependencies = [
        ("business", "0002_rows_of_a_business"),
        ("customers", "0002_rows_of_a_business"),
        ("payments", "0004_refunds"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="claim_url",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.CreateModel(
            name="Chargeback",
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
                ("state", models.CharField(default="open", max_length=20)),
                ("gateway_ref", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(db_default=0)),
                ("reason_code", models.CharField(blank=True, max_length=60)),
                ("opened_at", models.DateTimeField()),
                ("evidence_due_at", models.DateTimeField(null=True)),
                (
                    "evidence_text",
                    counterfoil.infra.secrets.fields.SealedText(blank=True, db_default=""),
                ),
                ("evidence_by", models.CharField(blank=True, db_default="", max_length=120)),
                ("evidence_sent_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
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
                    models.Index(fields=["business", "attempt"], name="payments_chargebacks_of"),
                    models.Index(
                        condition=models.Q(("state__in", ["open", "answered"])),
                        fields=["business", "evidence_due_at"],
                        name="payments_chargebacks_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "attempt", "gateway_ref"),
                        name="payments_chargeback_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "answered", "won", "lost"])),
                        name="payments_chargeback_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0), ("fee_minor__gte", 0)),
                        name="payments_chargeback_positive",
                    ),
                    models.CheckConstraint(
                        condition=_sealed("evidence_text"),
                        name="payments_chargeback_sealed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
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
                ("scheme", models.CharField(max_length=10)),
                ("state", models.CharField(default="created", max_length=20)),
                ("reference", models.CharField(max_length=35)),
                ("gateway_ref", models.CharField(blank=True, max_length=120)),
                ("source_ref", models.CharField(blank=True, db_default="", max_length=120)),
                ("name", models.CharField(blank=True, db_default="", max_length=60)),
                ("is_default", models.BooleanField(db_default=False)),
                ("creditor_name", models.CharField(max_length=140)),
                ("creditor_ref", models.CharField(blank=True, max_length=35)),
                ("holder", counterfoil.infra.secrets.fields.SealedText(blank=True)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("last4", models.CharField(blank=True, max_length=4)),
                ("text", counterfoil.infra.secrets.fields.SealedText()),
                ("locale", models.CharField(max_length=10)),
                ("accepted_at", models.DateTimeField()),
                ("accepted_by", counterfoil.infra.secrets.fields.SealedText()),
                ("is_for_once", models.BooleanField(db_default=False)),
                ("ip_address", counterfoil.infra.secrets.fields.SealedText(blank=True)),
                ("user_agent", counterfoil.infra.secrets.fields.SealedText(blank=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=120)),
                ("checks", models.IntegerField(default=0)),
                ("next_check_at", models.DateTimeField(null=True)),
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
                        fields=["business", "customer", "-id"], name="payments_mandates_of"
                    ),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["business", "next_check_at"],
                        name="payments_mandates_to_check",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "reference"), name="payments_mandate_reference_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "created",
                                    "pending",
                                    "unknown",
                                    "active",
                                    "failed",
                                    "revoked",
                                    "expired",
                                ],
                            )
                        ),
                        name="payments_mandate_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            _sealed("holder"),
                            _sealed("text"),
                            _sealed("accepted_by"),
                            _sealed("ip_address"),
                            _sealed("user_agent"),
                        ),
                        name="payments_mandate_sealed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("business", "customer"),
                        name="payments_one_default_mandate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Method",
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
                ("gateway_ref", models.CharField(max_length=120)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("brand", models.CharField(blank=True, max_length=30)),
                ("last4", models.CharField(blank=True, max_length=4)),
                ("exp_month", models.SmallIntegerField(null=True)),
                ("exp_year", models.SmallIntegerField(null=True)),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("used_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField(null=True)),
                ("expiry_told_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
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
                    "gateway_account",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.gatewayaccount",
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
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=["business", "customer", "-id"],
                        name="payments_methods_of",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "gateway_account", "gateway_ref"),
                        name="payments_method_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True), ("removed_at__isnull", True)),
                        fields=("business", "customer"),
                        name="payments_one_default_method",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="attempt",
            name="payments_attempt_state",
        ),
        migrations.AddField(
            model_name="attempt",
            name="bank_code",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="attempt",
            name="settles_date",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="expected_date",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="surcharge_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="attempt",
            name="mandate",
            field=counterfoil.infra.rows.BusinessForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.mandate",
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="method",
            field=counterfoil.infra.rows.BusinessForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.method",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "created",
                            "submitted",
                            "action_required",
                            "processing",
                            "unknown",
                            "succeeded",
                            "failed",
                            "cancelled",
                            "returned",
                        ],
                    )
                ),
                name="payments_attempt_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("surcharge_minor__gte", 0), ("surcharge_minor__lt", models.F("amount_minor"))
                ),
                name="payments_surcharge_within_payment",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("state", "returned")),
                fields=["business", "finished_at"],
                name="payments_returned",
            ),
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Mandate",
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Method",
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Chargeback",
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Attempt",
        ),
    ]
