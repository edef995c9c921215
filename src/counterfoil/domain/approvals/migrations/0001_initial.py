"""Requests that wait for the word of a second person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import counterfoil.infra.rows
import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable

STATES = ["requested", "approved", "carried_out", "failed", "refused", "withdrawn", "expired"]
OPEN = ["requested", "approved"]
DECIDED = ["approved", "carried_out", "failed", "refused"]


def _person(*, null: bool = False) -> models.Field:
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    """One table."""

    initial = True
    dependencies = [("customers", "0004_tags"), ("identity", "0006_roles")]
    operations = [
        migrations.CreateModel(
            name="Approval",
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
                ("state", models.CharField(default="requested", max_length=20)),
                ("act", models.CharField(max_length=20)),
                ("about_kind", models.CharField(max_length=20)),
                ("about_id", models.UUIDField()),
                (
                    "customer",
                    counterfoil.infra.rows.BusinessForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                ("called", models.CharField(max_length=250)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("counted_minor", models.BigIntegerField()),
                ("command", models.JSONField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("form_key", models.CharField(max_length=100)),
                ("asked_by", _person()),
                ("asked_name", models.CharField(max_length=254)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("decided_by", _person(null=True)),
                ("decided_name", models.CharField(blank=True, max_length=254)),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("problem", models.CharField(blank=True, max_length=300)),
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
                    models.CheckConstraint(condition=Q(state__in=STATES), name="approvals_state"),
                    models.CheckConstraint(
                        condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                        name="approvals_two_people",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state__in=DECIDED) | Q(decided_by__isnull=False),
                        name="approvals_decided_by_somebody",
                    ),
                    models.UniqueConstraint(
                        fields=["business", "form_key"], name="approvals_form_once"
                    ),
                    models.UniqueConstraint(
                        fields=["business", "act", "about_id"],
                        condition=Q(state__in=OPEN),
                        name="approvals_one_open",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["business", "expires_at"],
                        condition=Q(state__in=OPEN),
                        name="approvals_waiting",
                    ),
                    models.Index(fields=["business", "about_id"], name="approvals_about"),
                ],
            },
        ),
        BusinessTable("Approval"),
    ]
