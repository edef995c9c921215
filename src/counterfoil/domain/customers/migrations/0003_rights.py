"""What contacts may do, who was asked to become one, who asks to, and who used which link."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import counterfoil.infra.rows
import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable

ALL = ["see", "pay", "methods", "people", "statements"]
_KNOWN = """
ALTER TABLE {table} ADD CONSTRAINT {table}_rights CHECK (
  jsonb_typeof(rights) = 'array' AND rights <> '[]'::jsonb
  AND rights <@ '["see", "pay", "methods", "people", "statements"]'::jsonb)
"""
_WATCHED = """
CREATE TRIGGER watched AFTER {events} ON {table} FOR EACH ROW
EXECUTE FUNCTION audit_watched('', '')
"""


def _sql(text: str, **words: str) -> migrations.RunSQL:
    return migrations.RunSQL(text.format(**words), migrations.RunSQL.noop)


def _of_business() -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="business.business",
    )


def _of_customer(**options: object) -> counterfoil.infra.rows.BusinessForeignKey:
    return counterfoil.infra.rows.BusinessForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="customers.customer",
        **options,
    )


def _id() -> models.UUIDField:
    return models.UUIDField(
        default=counterfoil.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
    )


_LOWER = django.db.models.functions.text.Lower("email")


class Migration(migrations.Migration):
    """Whoever is a contact today keeps every right: they had them all."""

    dependencies = [
        ("audit", "0002_watched"),
        ("customers", "0002_rows_of_a_business"),
    ]
    operations = [
        migrations.AddField(
            "contact", "rights", models.JSONField(default=ALL), preserve_default=False
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", _id()),
                ("name", models.CharField(blank=True, max_length=120)),
                ("email", models.EmailField(max_length=254)),
                ("locale", models.CharField(max_length=10)),
                ("rights", models.JSONField()),
                ("gets_invoices", models.BooleanField()),
                ("gets_receipts", models.BooleanField()),
                ("invited_by", models.CharField(max_length=120)),
                ("inviter", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("sends", models.SmallIntegerField(default=1)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("business", _of_business()),
                ("customer", _of_customer()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("business"),
                        models.F("customer"),
                        _LOWER,
                        condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                        name="customers_one_open_invitation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(accepted_at__isnull=True)
                        | models.Q(withdrawn_at__isnull=True),
                        name="customers_invitation_one_end",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", _id()),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=120)),
                ("number", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=120)),
                ("business", _of_business()),
                ("customer", _of_customer(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("business"),
                        _LOWER,
                        condition=models.Q(decided_at__isnull=True),
                        name="customers_one_open_registration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(customer__isnull=True)
                        | models.Q(decided_at__isnull=False),
                        name="customers_registration_decided",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="LinkUse",
            fields=[
                ("id", _id()),
                ("link_id", models.UUIDField()),
                ("day", models.DateField()),
                ("origin", models.CharField(max_length=45)),
                ("device", models.CharField(max_length=300)),
                ("opened_count", models.IntegerField(default=0)),
                ("paid_count", models.IntegerField(default=0)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("business", _of_business()),
                ("customer", _of_customer()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "-last_at"], name="customers_link_uses"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["business", "link_id", "day", "origin", "device"],
                        name="customers_link_use_once",
                    )
                ],
            },
        ),
        BusinessTable("Invitation"),
        BusinessTable("Registration"),
        BusinessTable("LinkUse"),
        _sql(_KNOWN, table="customers_contact"),
        _sql(_KNOWN, table="customers_invitation"),
        _sql(_WATCHED, table="customers_invitation", events="INSERT OR UPDATE OR DELETE"),
        _sql(_WATCHED, table="customers_registration", events="UPDATE OR DELETE"),
    ]
