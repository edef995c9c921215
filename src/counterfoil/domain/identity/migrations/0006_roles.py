"""Roles of the business's own, limits, invitations; keys with scopes, an end and a rotation."""

import django.db.models.deletion
import django.db.models.functions.text
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q

import counterfoil.infra.rows
import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable

ONE_ROLE = Q(
    role__in=["owner", "finance", "collector", "support", "readonly"], own_role__isnull=True
) | Q(role="own", own_role__isnull=False)
EVERY_SCOPE = (
    "customers:read,customers:write,invoices:read,invoices:write,payments:read,payments:write,"
    "refunds:read,refunds:write,ledger:read,events:read"
)


def _id() -> tuple[str, models.Field]:
    return (
        "id",
        models.UUIDField(
            default=counterfoil.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
        ),
    )


def _business() -> tuple[str, models.Field]:
    return (
        "business",
        models.ForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="business.business",
        ),
    )


def _own_role() -> models.Field:
    return counterfoil.infra.rows.BusinessForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="identity.staffrole",
    )


def _tags() -> models.Field:
    return ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)


def _watched(table: str, hidden: str, unwatched: str = "") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"DROP TRIGGER IF EXISTS watched ON {table}; "
        f"CREATE TRIGGER watched AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION audit_watched('{hidden}', '{unwatched}');",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    """Three tables, and more columns of two."""

    dependencies = [("identity", "0005_single_sign_on"), ("audit", "0002_watched")]
    operations = [
        migrations.CreateModel(
            name="StaffRole",
            fields=[
                _id(),
                ("name", models.CharField(max_length=60)),
                (
                    "rights",
                    ArrayField(base_field=models.CharField(max_length=30), size=None),
                ),
                ("created_at", models.DateTimeField()),
                _business(),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("business"),
                        django.db.models.functions.text.Lower("name"),
                        name="identity_role_once",
                    )
                ]
            },
        ),
        migrations.RemoveConstraint(model_name="membership", name="identity_member_role"),
        migrations.AddField(model_name="membership", name="own_role", field=_own_role()),
        migrations.AddField(model_name="membership", name="tags", field=_tags()),
        migrations.AddField(
            model_name="membership", name="ended_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(condition=ONE_ROLE, name="identity_member_role"),
        ),
        migrations.CreateModel(
            name="RoleLimit",
            fields=[
                _id(),
                ("preset", models.CharField(blank=True, max_length=20)),
                ("own_role", _own_role()),
                ("act", models.CharField(max_length=20)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("up_to_minor", models.BigIntegerField()),
                _business(),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["business", "preset", "own_role", "act", "currency"],
                        nulls_distinct=False,
                        name="identity_limit_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(preset="") | Q(own_role__isnull=True),
                        name="identity_limit_of_one",
                    ),
                    models.CheckConstraint(
                        condition=Q(up_to_minor__gte=0), name="identity_limit_not_negative"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                _id(),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(max_length=20)),
                ("own_role", _own_role()),
                ("tags", _tags()),
                ("inviter_id", models.UUIDField()),
                ("invited_by", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                _business(),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=ONE_ROLE, name="identity_invitation_role"),
                    models.UniqueConstraint(
                        models.F("business"),
                        django.db.models.functions.text.Lower("email"),
                        condition=Q(taken_at__isnull=True, withdrawn_at__isnull=True),
                        name="identity_invitation_open_once",
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="apikey",
            name="scopes",
            field=ArrayField(base_field=models.CharField(max_length=30), default=list, size=None),
        ),
        migrations.RunSQL(
            f"UPDATE identity_apikey SET scopes = '{{{EVERY_SCOPE}}}'::varchar(30)[]",  # noqa: S608  our own words
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="apikey", name="expires_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="apikey",
            name="old_hash",
            field=models.CharField(max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="apikey", name="old_until", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="apikey", name="last_used_at", field=models.DateTimeField(null=True)
        ),
        BusinessTable("StaffRole"),
        BusinessTable("Membership"),
        BusinessTable("RoleLimit"),
        BusinessTable("Invitation"),
        _watched("identity_staffrole", ""),
        _watched("identity_rolelimit", ""),
        _watched("identity_invitation", ""),
        _watched("identity_apikey", "key_hash,old_hash", "last_used_at"),
    ]
