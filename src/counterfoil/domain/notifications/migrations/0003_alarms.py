"""Alarms: what looks like an attack, told to staff until one of them has looked."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("notifications", "0002_rows_of_a_business"),
        ("business", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
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
                ("subject", models.CharField(max_length=300)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("times", models.IntegerField(db_default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField(null=True)),
                ("looked_by", models.CharField(blank=True, db_default="", max_length=120)),
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
                        condition=models.Q(looked_at__isnull=True),
                        fields=["business", "kind", "subject"],
                        name="notifications_alarm_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            kind__in=[
                                "card_testing",
                                "link_locked",
                                "page",
                                "file",
                                "watch",
                                "restored",
                                "books",
                            ]
                        ),
                        name="notifications_alarm_kind",
                    ),
                ],
            },
        ),
        BusinessTable("Alarm"),
    ]
