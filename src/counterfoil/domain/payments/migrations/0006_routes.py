"""Which gateway account takes which payments."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.infra.migration_words
import counterfoil.infra.rows
import counterfoil.kernel.ids


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("business", "0002_rows_of_a_business"),
        ("payments", "0005_methods_mandates_chargebacks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Route",
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
                ("method", models.CharField(blank=True, max_length=20)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("created_at", models.DateTimeField()),
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
                        fields=("business", "method", "currency"), name="payments_route_once"
                    )
                ],
            },
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="Route",
        ),
    ]
