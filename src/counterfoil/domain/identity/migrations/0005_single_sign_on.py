"""Connections to sign-in providers of others, and the mail domains that lead there."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.infra.rows
import counterfoil.infra.secrets.fields
import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable

_WATCHED = "".join(
    f"CREATE TRIGGER watched AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
    f"EXECUTE FUNCTION audit_watched('{hidden}', '');"
    for table, hidden in (("identity_signon", "secrets"), ("identity_signondomain", ""))
)


def _id() -> tuple[str, models.Field]:
    field = models.UUIDField(
        default=counterfoil.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
    )
    return "id", field


def _business() -> tuple[str, models.Field]:
    field = models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="business.business",
    )
    return "business", field


def _inside(to: str, **more: object) -> models.Field:
    return counterfoil.infra.rows.BusinessForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
        **more,
    )


class Migration(migrations.Migration):
    """Two tables of a business, both watched."""

    dependencies = [
        ("identity", "0004_sessions_and_devices"),
        ("customers", "0002_rows_of_a_business"),
        ("audit", "0002_watched"),
    ]
    operations = [
        migrations.CreateModel(
            name="SignOn",
            fields=[
                _id(),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=60)),
                ("settings", models.JSONField(default=dict)),
                ("secrets", counterfoil.infra.secrets.fields.SealedField()),
                ("role", models.CharField(blank=True, max_length=20)),
                ("rights", models.JSONField(default=list)),
                ("makes_people", models.BooleanField(default=True)),
                ("brings_back", models.BooleanField(default=False)),
                ("is_required", models.BooleanField(default=False)),
                ("is_shown", models.BooleanField(default=False)),
                ("covers_second_factor", models.BooleanField(default=True)),
                ("strong_contexts", models.JSONField(default=list)),
                ("vouches_for_mail", models.BooleanField(default=False)),
                ("allows_unasked", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                _business(),
                ("customer", _inside("customers.customer", null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["oidc", "saml"])),
                        name="identity_signon_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer__isnull", True), ("role__gt", "")),
                            models.Q(("customer__isnull", False), ("role", "")),
                            _connector="OR",
                        ),
                        name="identity_signon_role",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOnDomain",
            fields=[
                _id(),
                ("domain", models.CharField(max_length=253)),
                _business(),
                ("sign_on", _inside("identity.signon")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "domain"), name="identity_signon_domain_once"
                    ),
                ],
            },
        ),
        BusinessTable("SignOn"),
        BusinessTable("SignOnDomain"),
        migrations.RunSQL(_WATCHED, migrations.RunSQL.noop),
    ]
